package semigan.kernels.cuda;

import semigan.kernels.BinaryOp;
import semigan.kernels.BroadcastGeometry;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
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
    launch("unary", y, op.ordinal(), alpha, beta, y.length(), x, y);
  }

  @Override
  public void unaryBackward(
      UnaryOp op, float alpha, float beta, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    launch("unary_backward", dx, op.ordinal(), alpha, dx.length(), x, y, dy, dx);
  }

  @Override
  public void binary(BinaryOp op, BroadcastGeometry geometry, Buffer a, Buffer b, Buffer y) {
    Box box = Box.of(geometry);
    long left = box.inner().left() == 0 ? 0 : CudaBuffer.of(a).address();
    long right = box.inner().right() == 0 ? 0 : CudaBuffer.of(b).address();
    Box fast = box.withPacks(y.type(), left, right, CudaBuffer.of(y).address());
    launch("binary", y, op.ordinal(), fast, a, b, y);
  }

  @Override
  public void fill(Buffer y, float value) {
    if (y.type() == DType.I32) {
      launch("fill", y, (int) value, y.length(), y);
    } else {
      launch("fill", y, value, y.length(), y);
    }
  }

  private void launch(String kernel, Buffer y, Object... arguments) {
    LaunchPlan plan = LaunchPlan.packs(y.length(), y.type(), launcher.multiprocessors());
    launcher.launch(FILE, kernel + Launcher.suffix(y.type()), plan, arguments);
  }
}
