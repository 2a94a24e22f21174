package semigan.kernels.cuda;

import semigan.kernels.Buffer;
import semigan.kernels.CopyKernels;
import semigan.kernels.DType;
import semigan.kernels.StridedCopy;

/** Launches the kernels of copy.cu. */
final class CudaCopy implements CopyKernels {
  private static final String FILE = "copy";

  private final Launcher launcher;

  CudaCopy(Launcher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void strided(StridedCopy geometry, Buffer source, Buffer target) {
    Box box = Box.of(geometry);
    Buffer from = source.slice(geometry.sourceOffset(), source.length() - geometry.sourceOffset());
    Buffer to = target.slice(geometry.targetOffset(), target.length() - geometry.targetOffset());
    TransposePlan transpose = TransposePlan.of(box);
    if (transpose != null) {
      transpose(transpose, from, to);
    } else {
      copy(box, from, to);
    }
  }

  private void copy(Box box, Buffer from, Buffer to) {
    long source = box.inner().left() == 0 ? 0 : CudaBuffer.of(from).address();
    Box fast =
        box.inner().right() == 1
            ? box.withPacks(to.type(), source, CudaBuffer.of(to).address())
            : box;
    LaunchPlan plan =
        fast.packed()
            ? LaunchPlan.packs(box.length(), to.type(), launcher.multiprocessors())
            : LaunchPlan.elements(box.length(), launcher.multiprocessors());
    launcher.launch(FILE, "copy" + Launcher.suffix(to.type()), plan, fast, from, to);
  }

  private void transpose(TransposePlan transpose, Buffer from, Buffer to) {
    LaunchPlan plan =
        LaunchPlan.groups(transpose.tiles(), TransposePlan.THREADS, launcher.multiprocessors());
    launcher.launch(
        FILE,
        "transpose" + Launcher.suffix(to.type()),
        plan,
        transpose.matrices(),
        transpose.rows(),
        transpose.columns(),
        transpose.sourceStride(),
        transpose.targetStride(),
        from,
        to);
  }

  @Override
  public void convert(Buffer source, Buffer target) {
    long length = target.length();
    LaunchPlan plan = LaunchPlan.packs(length, DType.BF16, launcher.multiprocessors());
    if (source.type() == target.type()) {
      copy(Box.run(length), source, target);
    } else if (target.type() == DType.BF16) {
      launcher.launch(FILE, "narrow", plan, length, source, target);
    } else {
      launcher.launch(FILE, "widen", plan, length, source, target);
    }
  }

  @Override
  public void gather(long rows, int columns, Buffer x, Buffer labels, Buffer y) {
    LaunchPlan plan = LaunchPlan.elements(rows, launcher.multiprocessors());
    launcher.launch(FILE, "gather" + Launcher.suffix(y.type()), plan, rows, columns, x, labels, y);
  }

  @Override
  public void gatherBackward(long rows, int columns, Buffer dy, Buffer labels, Buffer dx) {
    LaunchPlan plan = LaunchPlan.elements(dx.length(), launcher.multiprocessors());
    launcher.launch(
        FILE, "gather_backward" + Launcher.suffix(dx.type()), plan, rows, columns, dy, labels, dx);
  }
}
