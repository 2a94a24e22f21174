package semigan.kernels.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import semigan.kernels.Buffer;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.ReduceKernels;

final class ReferenceReduce implements ReduceKernels {
  @Override
  public void sum(ReduceGeometry geometry, Buffer x, Buffer y) {
    var input = ReferenceBuffer.of(x);
    double[] sums = new double[(int) y.length()];
    List<Long> strides = outputStrides(geometry);
    for (long i = 0; i < input.length(); i++) {
      sums[(int) Strides.position(i, geometry.sizes(), strides)] += input.get(i);
    }
    ReferenceBuffer.of(y).setAll(sums);
  }

  @Override
  public void max(ReduceGeometry geometry, Buffer x, Buffer y) {
    var input = ReferenceBuffer.of(x);
    double[] largest = new double[(int) y.length()];
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    List<Long> strides = outputStrides(geometry);
    for (long i = 0; i < input.length(); i++) {
      int at = (int) Strides.position(i, geometry.sizes(), strides);
      largest[at] = Math.max(largest[at], input.get(i));
    }
    ReferenceBuffer.of(y).setAll(largest);
  }

  @Override
  public void maxBackward(ReduceGeometry geometry, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    var input = ReferenceBuffer.of(x);
    var largest = ReferenceBuffer.of(y);
    var upstream = ReferenceBuffer.of(dy);
    var gradient = ReferenceBuffer.of(dx);
    List<Long> strides = outputStrides(geometry);
    int[] winners = new int[(int) y.length()];
    for (long i = 0; i < input.length(); i++) {
      int at = (int) Strides.position(i, geometry.sizes(), strides);
      winners[at] += input.get(i) == largest.get(at) ? 1 : 0;
    }
    for (long i = 0; i < input.length(); i++) {
      int at = (int) Strides.position(i, geometry.sizes(), strides);
      gradient.set(i, input.get(i) == largest.get(at) ? upstream.get(at) / winners[at] : 0);
    }
  }

  /** Strides that take an input's index to its output: 0 along the axes that are reduced away. */
  private static List<Long> outputStrides(ReduceGeometry geometry) {
    List<Integer> kept = new ArrayList<>(geometry.sizes());
    geometry.axes().forEach(axis -> kept.set(axis, 1));
    return Strides.repeating(kept);
  }
}
