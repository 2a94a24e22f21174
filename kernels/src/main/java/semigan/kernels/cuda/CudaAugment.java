package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import semigan.kernels.AugmentGeometry;
import semigan.kernels.AugmentKernels;
import semigan.kernels.Buffer;

/** Launches the kernels of augment.cu: a block for each image. */
final class CudaAugment implements AugmentKernels {
  private static final String FILE = "augment";
  private static final int THREADS = 512;

  record Augment(AugmentGeometry geometry) implements KernelStruct {
    @Override
    public String type() {
      return "Augment";
    }

    @Override
    public void put(ByteBuffer target) {
      var g = geometry;
      target.putInt(g.batch()).putInt(g.height()).putInt(g.width()).putInt(g.channels());
      target.putFloat(g.brightness()).putFloat(g.saturation()).putFloat(g.contrast());
      target.putInt(g.maxDown()).putInt(g.maxRight()).putInt(g.cutHeight()).putInt(g.cutWidth());
    }
  }

  private final Launcher launcher;

  CudaAugment(Launcher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void forward(AugmentGeometry geometry, Buffer draws, Buffer x, Buffer y) {
    launch("augment", geometry, draws, x, y);
  }

  @Override
  public void backward(AugmentGeometry geometry, Buffer draws, Buffer dy, Buffer dx) {
    launch("augment_backward", geometry, draws, dy, dx);
  }

  private void launch(
      String kernel, AugmentGeometry geometry, Buffer draws, Buffer source, Buffer target) {
    launcher.launch(
        FILE,
        kernel + Launcher.suffix(target.type()),
        LaunchPlan.groups(geometry.batch(), THREADS, launcher.multiprocessors()),
        new Augment(geometry),
        draws,
        source,
        target);
  }
}
