package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Buffer;
import semigan.kernels.CopyKernels;
import semigan.kernels.DType;
import semigan.kernels.StridedCopy;
import semigan.kernels.cpu.Box.Axis;

/** Copies: one run of memory, a oneDNN reorder, or a loop over runs where neither fits. */
final class CpuCopy implements CopyKernels {
  private record Key(Box box, DType type) {}

  private record Share(
      dnnl_memory_desc source, dnnl_memory_desc target, dnnl_primitive_desc reorder) {}

  /** Elements of an axis of which a thread's share is a multiple. */
  private static final long GRAIN = 16;

  /** Below this a plan costs more than the loop. */
  private static final long WORTH_A_PLAN = 4096;

  private final Plans plans;
  private final Widening widening;

  CpuCopy(Plans plans, Widening widening) {
    this.plans = plans;
    this.widening = widening;
  }

  @Override
  public void strided(StridedCopy geometry, Buffer source, Buffer target) {
    Box box = Box.of(geometry);
    CpuBuffer from = CpuBuffer.of(source);
    CpuBuffer to = CpuBuffer.of(target);
    int first = (int) geometry.sourceOffset();
    int firstTarget = (int) geometry.targetOffset();
    if (box.isOneRun()) {
      to.from(firstTarget).copyFrom((CpuBuffer) from.slice(first, box.length()));
      return;
    }
    if (box.length() >= WORTH_A_PLAN && box.isForward()) {
      Plan plan =
          plans.get(new Key(box, from.type()), builder -> describe(builder, box, from.type()));
      if (!plan.isEmpty()) {
        plan.run(from.from(first), to.from(firstTarget));
        return;
      }
    }
    try (var wide = widening.open()) {
      IntBuffer words = wide.reading(from).ints();
      loop(box, 0, words, first, wide.updating(to).ints(), firstTarget);
    }
  }

  /** Reorders, unless oneDNN refuses the strides or has only its slow loop for them. */
  private static void describe(PlanBuilder builder, Box box, DType type) {
    int shared = box.longest();
    Axis axis = box.axes().get(shared);
    List<Stretch> stretches = builder.stretches(axis.size(), GRAIN, box.length());
    Map<Stretch, Share> shares = new HashMap<>();
    for (Stretch stretch : stretches) {
      Box part = box.with(shared, (int) stretch.count());
      dnnl_memory_desc source = builder.stridedOrNull(type, part.sizes(), part.sourceStrides());
      dnnl_memory_desc target = builder.stridedOrNull(type, part.sizes(), part.targetStrides());
      dnnl_primitive_desc reorder =
          source == null || target == null ? null : builder.fastReorder(source, target);
      if (reorder == null) {
        return;
      }
      shares.put(stretch, new Share(source, target, reorder));
    }
    builder.share(
        stretches,
        stretch -> {
          Share share = shares.get(stretch);
          long from = stretch.from() * axis.sourceStride() * type.bytes();
          long to = stretch.from() * axis.targetStride() * type.bytes();
          builder.step(
              share.reorder(),
              at(DNNL_ARG_FROM, share.source(), 0, from),
              at(DNNL_ARG_TO, share.target(), 1, to));
        });
  }

  private static void loop(
      Box box, int axis, IntBuffer source, int from, IntBuffer target, int to) {
    Axis along = box.axes().get(axis);
    if (axis == box.axes().size() - 1) {
      run(along, source, from, target, to);
      return;
    }
    for (int i = 0; i < along.size(); i++) {
      loop(
          box,
          axis + 1,
          source,
          (int) (from + i * along.sourceStride()),
          target,
          (int) (to + i * along.targetStride()));
    }
  }

  private static void run(Axis along, IntBuffer source, int from, IntBuffer target, int to) {
    int sourceStride = (int) along.sourceStride();
    int targetStride = (int) along.targetStride();
    int size = along.size();
    if (sourceStride == 1 && targetStride == 1) {
      target.put(to, source, from, size);
    } else if (sourceStride == 0 && targetStride == 1) {
      int[] same = new int[Math.min(size, Tiles.SIZE)];
      Arrays.fill(same, source.get(from));
      for (int i = 0; i < size; i += same.length) {
        target.put(to + i, same, 0, Math.min(same.length, size - i));
      }
    } else {
      for (int i = 0; i < size; i++) {
        target.put(to + i * targetStride, source.get(from + i * sourceStride));
      }
    }
  }

  @Override
  public void convert(Buffer source, Buffer target) {
    widening.convert(CpuBuffer.of(source), CpuBuffer.of(target));
  }

  @Override
  public void gather(long rows, int columns, Buffer x, Buffer labels, Buffer y) {
    IntBuffer chosen = CpuBuffer.of(labels).ints();
    try (var wide = widening.open()) {
      FloatBuffer values = wide.reading(x).floats();
      FloatBuffer target = wide.writing(y).floats();
      for (int row = 0; row < rows; row++) {
        int label = chosen.get(row);
        CopyKernels.requireLabel(row, label, columns);
        target.put(row, values.get(row * columns + label));
      }
    }
  }

  @Override
  public void gatherBackward(long rows, int columns, Buffer dy, Buffer labels, Buffer dx) {
    IntBuffer chosen = CpuBuffer.of(labels).ints();
    try (var wide = widening.open()) {
      FloatBuffer gradient = wide.reading(dy).floats();
      CpuBuffer target = wide.writing(dx);
      target.clear();
      for (int row = 0; row < rows; row++) {
        int label = chosen.get(row);
        CopyKernels.requireLabel(row, label, columns);
        target.floats().put(row * columns + label, gradient.get(row));
      }
    }
  }
}
