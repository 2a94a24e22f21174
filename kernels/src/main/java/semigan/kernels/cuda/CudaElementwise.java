package semigan.kernels.cuda;

import semigan.kernels.BinaryOp;
import semigan.kernels.BroadcastGeometry;
import semigan.kernels.Buffer;
import semigan.kernels.ElementwiseKernels;
import semigan.kernels.UnaryOp;

/** Launches the kernels of elementwise.cu. */
final class CudaElementwise implements ElementwiseKernels {
  private static final String FILE = "elementwise";

  private final Launcher launcher;

  CudaElementwise(Launcher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void unary(UnaryOp op, float alpha, float beta, Buffer x, Buffer y) {
    throw new UnsupportedOperationException("on its way");
  }

  @Override
  public void unaryBackward(
      UnaryOp op, float alpha, float beta, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    throw new UnsupportedOperationException("on its way");
  }

  @Override
  public void binary(BinaryOp op, BroadcastGeometry geometry, Buffer a, Buffer b, Buffer y) {
    throw new UnsupportedOperationException("on its way");
  }

  @Override
  public void fill(Buffer y, float value) {
    LaunchPlan plan = LaunchPlan.elements(y.length(), launcher.multiprocessors());
    launcher.launch(FILE, "fill" + Launcher.suffix(y.type()), plan, value, y.length(), y);
  }
}
