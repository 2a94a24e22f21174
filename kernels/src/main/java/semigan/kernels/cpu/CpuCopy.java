package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import semigan.kernels.Buffer;
import semigan.kernels.CopyKernels;
import semigan.kernels.StridedCopy;
import semigan.kernels.cpu.Box.Axis;

/** Copies: one run of memory, a oneDNN reorder, or a loop over runs where neither fits. */
final class CpuCopy implements CopyKernels {
  private record Key(Box box) {}

  /** Below this a plan costs more than the loop. */
  private static final long WORTH_A_PLAN = 4096;

  private final Plans plans;

  CpuCopy(Plans plans) {
    this.plans = plans;
  }

  @Override
  public void strided(StridedCopy geometry, Buffer source, Buffer target) {
    Box box = Box.of(geometry);
    CpuBuffer from = CpuBuffer.of(source);
    CpuBuffer to = CpuBuffer.of(target);
    int first = (int) geometry.sourceOffset();
    int firstTarget = (int) geometry.targetOffset();
    if (box.isOneRun()) {
      to.ints().put(firstTarget, from.ints(), first, (int) box.length());
      return;
    }
    if (box.length() >= WORTH_A_PLAN && box.isForward()) {
      Plan plan = plans.get(new Key(box), builder -> describe(builder, box));
      if (!plan.isEmpty()) {
        plan.run(from.from(first), to.from(firstTarget));
        return;
      }
    }
    loop(box, 0, from.ints(), first, to.ints(), firstTarget);
  }

  /** A reorder, unless oneDNN refuses the strides or has only its slow loop for them. */
  private static void describe(PlanBuilder builder, Box box) {
    // Only bits move, so that integers may pass as floats.
    dnnl_memory_desc source = builder.stridedOrNull(dnnl_f32, box.sizes(), box.sourceStrides());
    dnnl_memory_desc target = builder.stridedOrNull(dnnl_f32, box.sizes(), box.targetStrides());
    if (source != null && target != null) {
      builder.fastReorder(source, 0, target, 1);
    }
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
    // There is only F32 to convert from and to, until BF16 comes.
    CpuBuffer to = CpuBuffer.of(target);
    to.ints().put(0, CpuBuffer.of(source).ints(), 0, to.size());
  }

  @Override
  public void gather(long rows, int columns, Buffer x, Buffer labels, Buffer y) {
    FloatBuffer values = CpuBuffer.of(x).floats();
    IntBuffer chosen = CpuBuffer.of(labels).ints();
    FloatBuffer target = CpuBuffer.of(y).floats();
    for (int row = 0; row < rows; row++) {
      target.put(row, values.get(row * columns + chosen.get(row)));
    }
  }

  @Override
  public void gatherBackward(long rows, int columns, Buffer dy, Buffer labels, Buffer dx) {
    FloatBuffer gradient = CpuBuffer.of(dy).floats();
    IntBuffer chosen = CpuBuffer.of(labels).ints();
    FloatBuffer target = CpuBuffer.of(dx).floats();
    CpuBuffer.of(dx).clear();
    for (int row = 0; row < rows; row++) {
      target.put(row * columns + chosen.get(row), gradient.get(row));
    }
  }
}
