package semigan;

import java.util.ArrayList;
import java.util.List;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.Buffer;
import semigan.kernels.DType;

/**
 * A program of its own that uses a GPU and prints what came of it: the arguments are the device,
 * then what to do with it. Outside the engine's packages, as those who hold memory are.
 */
public final class GpuProgram {
  private final Backend device;
  private final List<Buffer> held = new ArrayList<>();

  private GpuProgram(Backend device) {
    this.device = device;
  }

  public static void main(String[] arguments) {
    try (Backend device =
        Backends.open(arguments[0], why -> System.out.println("notice: " + why))) {
      GpuProgram program = new GpuProgram(device);
      for (int i = 1; i < arguments.length; i++) {
        program.act(arguments[i]);
      }
      System.out.println("done: " + device.name() + ": " + device.description());
    } catch (RuntimeException e) {
      System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      for (Throwable other : e.getSuppressed()) {
        System.out.println("when it was closed: " + other);
      }
    }
  }

  private void act(String action) {
    switch (action) {
      case "fill" -> fill();
      case "images" -> images();
      case "weights" -> weights();
      case "release" -> {
        held.forEach(device::release);
        held.clear();
      }
      default -> throw new IllegalArgumentException(action);
    }
  }

  /** Runs a kernel of ours and looks at what it did. */
  private void fill() {
    Buffer buffer = device.allocate(DType.F32, 1000);
    device.elementwise().fill(buffer, 2.5f);
    float[] values = new float[1000];
    device.read(buffer, values, 0);
    for (float value : values) {
      if (value != 2.5f) {
        throw new IllegalStateException("filled with " + value);
      }
    }
    device.release(buffer);
  }

  private void images() {
    held.add(device.allocate(DType.F32, 5 << 18));
  }

  private void weights() {
    held.add(device.allocate(DType.F32, 3 << 18));
  }
}
