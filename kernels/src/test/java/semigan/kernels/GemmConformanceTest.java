package semigan.kernels;

class GemmConformanceTest {
  /** Rows, columns, inner. */
  private static final int[][] SIZES = {
    {1, 1, 1},
    {1, 257, 3},
    {3, 1, 255},
    {1, 1, 257},
    {257, 1, 1},
    {1, 33, 33},
    {33, 1, 32},
    {31, 33, 32},
    {32, 32, 32},
    {33, 31, 1},
    {64, 10, 257},
    {255, 3, 256},
    {256, 257, 31},
    {3, 256, 255},
    {100, 500, 100},
    {10, 3, 5000}
  };

  @OnEveryDevice
  void productIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      product(device, new MatmulGeometry(size[0], size[1], size[2], false, false));
    }
  }

  @OnEveryDevice
  void productOfTransposedLeftIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      product(device, new MatmulGeometry(size[0], size[1], size[2], true, false));
    }
  }

  @OnEveryDevice
  void productOfTransposedRightIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      product(device, new MatmulGeometry(size[0], size[1], size[2], false, true));
    }
  }

  @OnEveryDevice
  void productOfBothTransposedIsTheReferences(Device device) {
    for (int[] size : SIZES) {
      product(device, new MatmulGeometry(size[0], size[1], size[2], true, true));
    }
  }

  @OnEveryDevice
  void productWithBiasAndActivationIsTheReferences(Device device) {
    for (float slope : new float[] {1, 0.2f, 0}) {
      for (int[] size : SIZES) {
        affine(device, new MatmulGeometry(size[0], size[1], size[2], false, true), slope);
      }
      affine(device, new MatmulGeometry(33, 31, 17, false, false), slope);
      affine(device, new MatmulGeometry(33, 31, 17, true, false), slope);
      affine(device, new MatmulGeometry(33, 31, 17, true, true), slope);
    }
  }

  private static void affine(Device device, MatmulGeometry g, float slope) {
    var trial = new Trial(device, g + " slope " + slope);
    var a = trial.input("a", (long) g.rows() * g.inner());
    var b = trial.input("b", (long) g.inner() * g.columns());
    var bias = trial.single("bias", trial.normal(g.columns()));
    var c = trial.output("c", (long) g.rows() * g.columns());
    trial.run(
        (kernels, at) ->
            kernels.gemm().affine(g, slope, at.of(a), at.of(b), at.of(bias), at.of(c)));
    trial.assertSums(c, g.inner() + 1);
  }

  private static void product(Device device, MatmulGeometry g) {
    var trial = new Trial(device, g);
    var a = trial.input("a", (long) g.rows() * g.inner());
    var b = trial.input("b", (long) g.inner() * g.columns());
    var c = trial.output("c", (long) g.rows() * g.columns());
    trial.run((kernels, at) -> kernels.gemm().matmul(g, at.of(a), at.of(b), at.of(c)));
    trial.assertSums(c, g.inner());
  }
}
