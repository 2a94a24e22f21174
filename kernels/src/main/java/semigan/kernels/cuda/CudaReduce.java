package semigan.kernels.cuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.ReduceKernels;

/**
 * Launches the kernels of reduce.cu. Axes that are not neighbours are reduced in several passes,
 * with F32 between them.
 */
final class CudaReduce implements ReduceKernels {
  private static final String FILE = "reduce";

  private final Launcher launcher;
  private final Backend memory;

  /**
   * @param memory from which partial results are allocated
   */
  CudaReduce(Launcher launcher, Backend memory) {
    this.launcher = launcher;
    this.memory = memory;
  }

  @Override
  public void sum(ReduceGeometry geometry, Buffer x, Buffer y) {
    reduce("sum", geometry, x, y);
  }

  @Override
  public void max(ReduceGeometry geometry, Buffer x, Buffer y) {
    reduce("max", geometry, x, y);
  }

  private void reduce(String kernel, ReduceGeometry geometry, Buffer x, Buffer y) {
    Deque<SlabPlan.Slab> passes = new ArrayDeque<>(SlabPlan.Slab.passes(geometry));
    List<Buffer> partial = new ArrayList<>();
    try {
      Buffer from = x;
      while (!passes.isEmpty()) {
        SlabPlan plan = SlabPlan.of(passes.pop(), from.type(), CudaBuffer.of(from).address());
        if (plan.splits() > 1) {
          passes.push(plan.rest());
        }
        Buffer to = y;
        if (!passes.isEmpty()) {
          to = memory.allocate(DType.F32, plan.outputs());
          partial.add(to);
        }
        launch(kernel, plan, from, to);
        from = to;
      }
    } finally {
      partial.forEach(memory::release);
    }
  }

  private void launch(String kernel, SlabPlan plan, Buffer from, Buffer to) {
    launcher.launch(
        FILE,
        kernel + Launcher.suffix(from.type()) + Launcher.suffix(to.type()),
        plan.launch(from.type(), launcher.multiprocessors()),
        plan,
        from,
        to);
  }

  @Override
  public void maxBackward(ReduceGeometry geometry, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    Box box = Box.of(geometry);
    LaunchPlan plan = LaunchPlan.elements(dx.length(), launcher.multiprocessors());
    String suffix = Launcher.suffix(dx.type());
    launcher.launch(FILE, "mark_ties" + suffix, plan, box, x, y, dx);
    Buffer ties = memory.allocate(DType.F32, y.length());
    try {
      sum(geometry, dx, ties);
      launcher.launch(FILE, "share_ties" + suffix, plan, box, x, y, dy, ties, dx);
    } finally {
      memory.release(ties);
    }
  }
}
