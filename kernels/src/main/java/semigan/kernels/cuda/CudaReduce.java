package semigan.kernels.cuda;

import java.util.ArrayList;
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
    List<Buffer> partial = new ArrayList<>();
    Buffer from = x;
    List<SlabPlan.Slab> passes = new ArrayList<>(SlabPlan.Slab.passes(geometry));
    while (!passes.isEmpty()) {
      SlabPlan plan = SlabPlan.of(passes.remove(0), from.type(), CudaBuffer.of(from).address());
      if (plan.splits() > 1) {
        passes.add(0, plan.rest());
      }
      Buffer to = y;
      if (!passes.isEmpty()) {
        to = memory.allocate(DType.F32, plan.outputs());
        partial.add(to);
      }
      launcher.launch(
          FILE,
          kernel + Launcher.suffix(from.type()) + Launcher.suffix(to.type()),
          plan.launch(from.type(), launcher.multiprocessors()),
          plan,
          from,
          to);
      from = to;
    }
    partial.forEach(memory::release);
  }

  @Override
  public void maxBackward(ReduceGeometry geometry, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    Box box = Box.of(geometry);
    LaunchPlan plan = LaunchPlan.elements(dx.length(), launcher.multiprocessors());
    String suffix = Launcher.suffix(dx.type());
    launcher.launch(FILE, "mark_ties" + suffix, plan, box, x, y, dx);
    Buffer ties = memory.allocate(DType.F32, y.length());
    sum(geometry, dx, ties);
    launcher.launch(FILE, "share_ties" + suffix, plan, box, x, y, dy, ties, dx);
    memory.release(ties);
  }
}
