package semigan.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * The least time in which a device can do a convolution: alone, many times over on the same random
 * data, the best time taken.
 */
final class ConvolutionFloor implements AutoCloseable {
  /**
   * A call of {@link ConvKernels}.
   *
   * @param method its name
   */
  record Call(String method, Conv2dGeometry geometry, DType type) {}

  private static final int REPETITIONS = 30;
  private static final RandomKernels.Key KEY = new RandomKernels.Key(1, 0);

  private final Backend device;
  private final List<Buffer> taken = new ArrayList<>();

  private ConvolutionFloor(Backend device) {
    this.device = device;
  }

  /** Of one call, in nanoseconds. */
  static long nanos(Backend device, Call call) {
    try (var floor = new ConvolutionFloor(device)) {
      return floor.best(call);
    }
  }

  private long best(Call call) {
    Conv2dGeometry g = call.geometry();
    Buffer offset = take(DType.I32, 2);
    device.write(new int[2], 0, offset);
    Buffer x = random(offset, call.type(), g.inputLength());
    Buffer w = random(offset, call.type(), g.filterLength());
    Buffer y = random(offset, call.type(), g.outputLength());
    Buffer dx = take(call.type(), g.inputLength());
    Buffer dw = take(call.type(), g.filterLength());
    Buffer dy = take(call.type(), g.outputLength());
    ConvKernels kernels = device.conv();
    Runnable run =
        switch (call.method()) {
          case "forward" -> () -> kernels.forward(g, x, w, dy);
          case "backwardInput" -> () -> kernels.backwardInput(g, y, w, dx);
          case "backwardWeight" -> () -> kernels.backwardWeight(g, x, y, dw);
          case "backward" -> () -> kernels.backward(g, x, w, y, dx, dw);
          case "transposedBackward" -> () -> kernels.transposedBackward(g, y, w, x, dy, dw);
          default -> throw new IllegalArgumentException("no convolution: " + call.method());
        };
    long best = Long.MAX_VALUE;
    for (int i = 0; i < REPETITIONS; i++) {
      device.synchronize();
      long started = System.nanoTime();
      run.run();
      device.synchronize();
      best = Math.min(best, System.nanoTime() - started);
    }
    return best;
  }

  private Buffer random(Buffer offset, DType type, long length) {
    Buffer values = take(type, length);
    Buffer normal = device.allocate(DType.F32, length);
    try {
      device.random().normal(KEY, offset, 0, 0, 1, normal);
      device.copy().convert(normal, values);
    } finally {
      device.release(normal);
    }
    return values;
  }

  private Buffer take(DType type, long length) {
    Buffer buffer = device.allocate(type, length);
    taken.add(buffer);
    return buffer;
  }

  @Override
  public void close() {
    taken.forEach(device::release);
  }
}
