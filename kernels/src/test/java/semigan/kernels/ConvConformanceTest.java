package semigan.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConvConformanceTest {
  /**
   * Batch, height, width, channels in and out, kernel, stride, padding: top, left, bottom, right.
   */
  private static final int[][] SIZES = {
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0},
    // the ends and the middle of a DCGAN
    {2, 32, 32, 1, 16, 4, 4, 2, 2, 1, 1, 1, 1},
    {2, 16, 16, 3, 33, 4, 4, 2, 2, 1, 1, 1, 1},
    {3, 8, 8, 32, 31, 4, 4, 2, 2, 1, 1, 1, 1},
    {1, 8, 8, 32, 31, 4, 4, 2, 2, 1, 1, 1, 1},
    {33, 4, 4, 32, 1, 4, 4, 1, 1, 0, 0, 0, 0},
    {3, 4, 4, 100, 32, 4, 4, 1, 1, 0, 0, 0, 0},
    {2, 16, 16, 32, 3, 3, 3, 1, 1, 1, 1, 1, 1},
    // channel counts around the width of a vector
    {1, 3, 3, 255, 3, 3, 3, 1, 1, 1, 1, 1, 1},
    {1, 3, 3, 3, 257, 3, 3, 1, 1, 1, 1, 1, 1},
    {1, 2, 2, 256, 33, 1, 1, 1, 1, 0, 0, 0, 0},
    {1, 5, 5, 31, 33, 3, 3, 2, 2, 1, 1, 1, 1},
    // odd sizes, unequal strides, padding that differs on every side
    {2, 9, 7, 5, 6, 3, 3, 2, 2, 1, 1, 1, 1},
    {2, 8, 5, 3, 4, 3, 2, 2, 1, 0, 1, 2, 0},
    {1, 7, 11, 2, 3, 4, 5, 1, 3, 2, 0, 1, 3},
    {1, 13, 6, 3, 2, 1, 7, 1, 2, 0, 3, 0, 2},
    {1, 6, 13, 3, 2, 7, 1, 2, 1, 3, 0, 2, 0},
    // a stride that leaves out rows and columns, and a window that never reaches the last
    {2, 11, 9, 4, 3, 2, 2, 3, 3, 0, 0, 0, 0},
    {2, 9, 9, 3, 5, 1, 1, 2, 2, 0, 0, 0, 0},
    {1, 8, 8, 2, 2, 3, 3, 4, 4, 0, 0, 0, 0},
    // kernels larger than the image, windows that lie in the padding
    {1, 2, 2, 1, 1, 5, 5, 1, 1, 2, 2, 2, 2},
    {1, 3, 3, 2, 2, 2, 2, 1, 1, 3, 3, 3, 3},
    {1, 1, 257, 1, 3, 1, 3, 1, 1, 0, 1, 0, 1},
  };

  /** Batches that are worth another algorithm to the cpu backend, if not to the others. */
  private static final int[][] LARGE_SIZES = {
    // whole tiles, cut ones, odd paddings, a last row that no window reaches
    {80, 8, 8, 16, 17, 4, 4, 2, 2, 1, 1, 1, 1},
    {20, 16, 16, 18, 16, 4, 4, 2, 2, 1, 1, 1, 1},
    {24, 14, 26, 16, 20, 4, 4, 2, 2, 1, 1, 1, 1},
    {17, 19, 18, 16, 16, 4, 4, 2, 2, 0, 0, 0, 0},
    {20, 15, 14, 17, 16, 4, 4, 2, 2, 0, 2, 3, 1},
    // the same in small tiles
    {8, 8, 8, 16, 17, 4, 4, 2, 2, 1, 1, 1, 1},
    {6, 10, 14, 18, 16, 4, 4, 2, 2, 1, 1, 1, 1},
    {9, 19, 18, 16, 16, 4, 4, 2, 2, 0, 0, 0, 0},
    {7, 15, 14, 17, 16, 4, 4, 2, 2, 0, 2, 3, 1},
    {900, 12, 12, 16, 16, 4, 4, 2, 2, 1, 1, 1, 1},
    // a large filter, and a batch that goes in parts
    {80, 8, 8, 112, 96, 4, 4, 2, 2, 1, 1, 1, 1},
    {2701, 8, 8, 16, 16, 4, 4, 2, 2, 1, 1, 1, 1},
    // an image that is a part alone, in columns and in tiles
    {2, 64, 64, 130, 3, 4, 4, 2, 2, 1, 1, 1, 1},
    {1, 32, 32, 912, 16, 4, 4, 2, 2, 1, 1, 1, 1},
    // in BF16 a product, with a filter that the second cache does not hold
    {2, 8, 8, 256, 160, 4, 4, 2, 2, 1, 1, 1, 1},
    {3, 9, 7, 300, 201, 3, 3, 3, 2, 0, 1, 2, 0},
  };

  @ParameterizedTest(name = "{0}")
  @MethodSource("devices")
  void forwardIsTheReferences(Device device) {
    for (Conv2dGeometry g : geometries(device)) {
      var trial = new Trial(device, g);
      var x = trial.input("x", g.inputLength());
      var w = trial.input("w", g.filterLength());
      var y = trial.output("y", g.outputLength());
      trial.run((kernels, at) -> kernels.conv().forward(g, at.of(x), at.of(w), at.of(y)));
      trial.assertSums(y, g.kernelHeight() * g.kernelWidth() * g.inChannels());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("devices")
  void inputGradientIsTheReferences(Device device) {
    for (Conv2dGeometry g : geometries(device)) {
      var trial = new Trial(device, g);
      var dy = trial.input("dy", g.outputLength());
      var w = trial.input("w", g.filterLength());
      var dx = trial.output("dx", g.inputLength());
      trial.run((kernels, at) -> kernels.conv().backwardInput(g, at.of(dy), at.of(w), at.of(dx)));
      trial.assertSums(dx, g.kernelHeight() * g.kernelWidth() * g.outChannels());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("devices")
  void filterGradientIsTheReferences(Device device) {
    for (Conv2dGeometry g : geometries(device)) {
      var trial = new Trial(device, g);
      var x = trial.input("x", g.inputLength());
      var dy = trial.input("dy", g.outputLength());
      var dw = trial.output("dw", g.filterLength());
      trial.run((kernels, at) -> kernels.conv().backwardWeight(g, at.of(x), at.of(dy), at.of(dw)));
      trial.assertSums(dw, g.batch() * g.outHeight() * g.outWidth());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("devices")
  void bothGradientsTogetherAreTheReferences(Device device) {
    for (Conv2dGeometry g : geometries(device)) {
      var trial = new Trial(device, g);
      var x = trial.input("x", g.inputLength());
      var w = trial.input("w", g.filterLength());
      var dy = trial.input("dy", g.outputLength());
      var dx = trial.output("dx", g.inputLength());
      var dw = trial.output("dw", g.filterLength());
      trial.run(
          (kernels, at) ->
              kernels.conv().backward(g, at.of(x), at.of(w), at.of(dy), at.of(dx), at.of(dw)));
      trial.assertSums(dx, g.kernelHeight() * g.kernelWidth() * g.outChannels());
      trial.assertSums(dw, g.batch() * g.outHeight() * g.outWidth());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("devices")
  void bothGradientsOfATransposedConvolutionAreTheReferences(Device device) {
    for (Conv2dGeometry g : geometries(device)) {
      var trial = new Trial(device, g);
      var x = trial.input("x", g.outputLength());
      var w = trial.input("w", g.filterLength());
      var dy = trial.input("dy", g.inputLength());
      var dx = trial.output("dx", g.outputLength());
      var dw = trial.output("dw", g.filterLength());
      trial.run(
          (kernels, at) ->
              kernels
                  .conv()
                  .transposedBackward(g, at.of(x), at.of(w), at.of(dy), at.of(dx), at.of(dw)));
      trial.assertSums(dx, g.kernelHeight() * g.kernelWidth() * g.inChannels());
      trial.assertSums(dw, g.batch() * g.outHeight() * g.outWidth());
    }
  }

  /** The GPU twice: by cuDNN alone, and with our own kernels for images of few channels. */
  private static Stream<Device> devices() {
    return Device.all()
        .flatMap(
            device ->
                device.backendName().equals("cuda")
                    ? Stream.of(device, device.with("semigan.cuda.directEnds=true"))
                    : Stream.of(device));
  }

  private static List<Conv2dGeometry> geometries(Device device) {
    List<Conv2dGeometry> geometries = new ArrayList<>();
    Arrays.stream(SIZES).map(ConvConformanceTest::geometry).forEach(geometries::add);
    if (device.backendName().equals("cpu")) {
      Arrays.stream(LARGE_SIZES).map(ConvConformanceTest::geometry).forEach(geometries::add);
    }
    int listed = geometries.size();
    Random random = new Random(7);
    while (geometries.size() < listed + 24) {
      geometries.add(random(random));
    }
    return geometries;
  }

  private static Conv2dGeometry geometry(int[] s) {
    return new Conv2dGeometry(
        s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12]);
  }

  private static Conv2dGeometry random(Random random) {
    int kernelHeight = 1 + random.nextInt(5);
    int kernelWidth = 1 + random.nextInt(5);
    return new Conv2dGeometry(
        1 + random.nextInt(3),
        kernelHeight + random.nextInt(9),
        kernelWidth + random.nextInt(9),
        1 + random.nextInt(20),
        1 + random.nextInt(20),
        kernelHeight,
        kernelWidth,
        1 + random.nextInt(3),
        1 + random.nextInt(3),
        random.nextInt(kernelHeight),
        random.nextInt(kernelWidth),
        random.nextInt(kernelHeight),
        random.nextInt(kernelWidth));
  }
}
