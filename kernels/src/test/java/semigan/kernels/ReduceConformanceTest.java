package semigan.kernels;

import java.util.List;
import java.util.Set;

class ReduceConformanceTest {
  private static final List<ReduceGeometry> GEOMETRIES =
      List.of(
          geometry(List.of(), Set.of()),
          geometry(List.of(1), Set.of(0)),
          geometry(List.of(257), Set.of(0)),
          geometry(List.of(33), Set.of()),
          geometry(List.of(100_003), Set.of(0)),
          geometry(List.of(65_536), Set.of(0)),
          geometry(List.of(101, 512), Set.of(1)),
          geometry(List.of(101, 2_048), Set.of(1)),
          geometry(List.of(8_192, 8), Set.of(0)),
          geometry(List.of(3, 4_099, 3), Set.of(1)),
          geometry(List.of(7, 150, 3), Set.of(1)),
          geometry(List.of(255, 3), Set.of(0)),
          geometry(List.of(255, 3), Set.of(1)),
          geometry(List.of(31, 257), Set.of(0)),
          geometry(List.of(31, 257), Set.of(1)),
          geometry(List.of(33, 32), Set.of(0, 1)),
          geometry(List.of(1, 256), Set.of(0)),
          geometry(List.of(2, 5, 7, 3), Set.of(0, 1, 2)),
          geometry(List.of(2, 5, 7, 3), Set.of(1, 2)),
          geometry(List.of(2, 5, 7, 3), Set.of(3)),
          geometry(List.of(2, 5, 7, 3), Set.of(0, 2)),
          geometry(List.of(3, 1, 4, 1, 5, 2), Set.of(1, 2, 5)));

  @OnEveryDevice
  void sumIsTheReferences(Device device) {
    for (ReduceGeometry g : GEOMETRIES) {
      var trial = new Trial(device, g);
      var x = trial.input("x", product(g.sizes()));
      var y = trial.output("y", product(g.output()));
      trial.run((kernels, at) -> kernels.reduce().sum(g, at.of(x), at.of(y)));
      trial.assertSums(y, g.reducedLength());
    }
  }

  /** Where each rounds the same way, one sum after the other would drift off. */
  @OnEveryDevice
  void aSumOfManyRowsOfLikeValuesIsTheReferences(Device device) {
    ReduceGeometry g = geometry(List.of(1 << 18, 16), Set.of(0));
    var trial = new Trial(device, g);
    var x = trial.input("x", trial.uniform(product(g.sizes()), 0.1, 0.101));
    var y = trial.output("y", product(g.output()));
    trial.run((kernels, at) -> kernels.reduce().sum(g, at.of(x), at.of(y)));
    trial.assertSums(y, g.reducedLength());
  }

  @OnEveryDevice
  void maximumIsTheReferences(Device device) {
    for (ReduceGeometry g : GEOMETRIES) {
      var trial = new Trial(device, g);
      // all negative: a maximum that starts from 0 shows
      var x = trial.input("x", trial.uniform(product(g.sizes()), -3, -1));
      var y = trial.output("y", product(g.output()));
      trial.run((kernels, at) -> kernels.reduce().max(g, at.of(x), at.of(y))).assertSame(y);
    }
  }

  @OnEveryDevice
  void gradientOfTheMaximumIsSharedByTies(Device device) {
    for (ReduceGeometry g : GEOMETRIES) {
      var trial = new Trial(device, g);
      int[] levels = trial.below(3, product(g.sizes()));
      var x = trial.input("x", Trial.values(levels.length, i -> levels[i] - 1.5));
      var y = trial.input("y", maximum(device, g, x.before()));
      var dy = trial.input("dy", product(g.output()));
      var dx = trial.output("dx", product(g.sizes()));
      trial.run(
          (kernels, at) ->
              kernels.reduce().maxBackward(g, at.of(x), at.of(y), at.of(dy), at.of(dx)));
      trial.assertClose(dx, 2);
    }
  }

  private static double[] maximum(Device device, ReduceGeometry g, double[] values) {
    var trial = new Trial(device.onReference(), g);
    var x = trial.input("x", values);
    var y = trial.output("y", product(g.output()));
    trial.run((kernels, at) -> kernels.reduce().max(g, at.of(x), at.of(y)));
    return trial.expected(y);
  }

  private static long product(List<Integer> sizes) {
    return sizes.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  private static ReduceGeometry geometry(List<Integer> sizes, Set<Integer> axes) {
    return new ReduceGeometry(sizes, axes);
  }
}
