package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import semigan.kernels.Buffer;
import semigan.kernels.ResizeGeometry;
import semigan.kernels.ResizeGeometry.Method;
import semigan.kernels.ResizeKernels;

/** Launches the kernels of resize.cu. */
final class CudaResize implements ResizeKernels {
  private static final String FILE = "resize";

  record Resize(ResizeGeometry geometry) implements KernelStruct {
    @Override
    public String type() {
      return "Resize";
    }

    @Override
    public void put(ByteBuffer target) {
      var g = geometry;
      target.putInt(g.batch()).putInt(g.inHeight()).putInt(g.inWidth()).putInt(g.channels());
      target.putInt(g.outHeight()).putInt(g.outWidth());
    }
  }

  private final Launcher launcher;

  CudaResize(Launcher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void forward(ResizeGeometry geometry, Method method, Buffer x, Buffer y) {
    launch(method == Method.NEAREST ? "nearest" : "bilinear", geometry, x, y);
  }

  @Override
  public void backward(ResizeGeometry geometry, Method method, Buffer dy, Buffer dx) {
    launch(method == Method.NEAREST ? "nearest_backward" : "bilinear_backward", geometry, dy, dx);
  }

  private void launch(String kernel, ResizeGeometry geometry, Buffer source, Buffer target) {
    launcher.launch(
        FILE,
        kernel + Launcher.suffix(target.type()),
        LaunchPlan.elements(target.length(), launcher.multiprocessors()),
        new Resize(geometry),
        source,
        target);
  }
}
