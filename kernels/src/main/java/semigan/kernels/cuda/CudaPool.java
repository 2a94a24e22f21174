package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import semigan.kernels.Buffer;
import semigan.kernels.Pool2dGeometry;
import semigan.kernels.PoolKernels;

/** Launches the kernels of pool.cu. */
final class CudaPool implements PoolKernels {
  private static final String FILE = "pool";

  record Pool(Pool2dGeometry geometry) implements KernelStruct {
    @Override
    public String type() {
      return "Pool";
    }

    @Override
    public void put(ByteBuffer target) {
      var g = geometry;
      target.putInt(g.batch()).putInt(g.inHeight()).putInt(g.inWidth()).putInt(g.channels());
      target.putInt(g.kernelHeight()).putInt(g.kernelWidth());
      target.putInt(g.strideHeight()).putInt(g.strideWidth());
      target.putInt(g.padTop()).putInt(g.padLeft());
      target.putInt(g.outHeight()).putInt(g.outWidth());
    }
  }

  private final Launcher launcher;

  CudaPool(Launcher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void averageForward(Pool2dGeometry geometry, Buffer x, Buffer y) {
    launch("average_pool", y, new Pool(geometry), x, y);
  }

  @Override
  public void averageBackward(Pool2dGeometry geometry, Buffer dy, Buffer dx) {
    launch("average_pool_backward", dx, new Pool(geometry), dy, dx);
  }

  @Override
  public void maxForward(Pool2dGeometry geometry, Buffer x, Buffer y) {
    launch("max_pool", y, new Pool(geometry), x, y);
  }

  @Override
  public void maxBackward(Pool2dGeometry geometry, Buffer x, Buffer dy, Buffer dx) {
    launch("max_pool_backward", dx, new Pool(geometry), x, dy, dx);
  }

  private void launch(String kernel, Buffer target, Object... arguments) {
    LaunchPlan plan = LaunchPlan.elements(target.length(), launcher.multiprocessors());
    launcher.launch(FILE, kernel + Launcher.suffix(target.type()), plan, arguments);
  }
}
