package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Window;

/** Dense, Conv2d and ConvTranspose2d against the same in double. */
class WeightedTest {
  private static final Initialiser ANY = Initialiser.normal(1);

  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void denseMultipliesByItsWeightAndAddsItsBias() {
    check(
        new Dense(5, 3, true, ANY, device.draws()),
        Shape.of(4, 5),
        Shape.of(4, 3),
        (x, w) -> Plain.dense(x, w, 5, 3));
  }

  @Test
  void denseWithoutBiasAddsNothing() {
    check(
        new Dense(5, 3, false, ANY, device.draws()),
        Shape.of(1, 5),
        Shape.of(1, 3),
        (x, w) -> Plain.dense(x, w, 5, 3));
  }

  @Test
  void denseWithReluCutsOffWhatIsNegativeAfterItsBias() {
    Dense layer = Dense.withRelu(5, 3, ANY, device.draws());
    Tensor bias = layer.bias().orElseThrow();
    bias.assign(device.normal(bias.shape()));
    Tensor x = device.normal(Shape.of(4, 5));
    Slopes.assertSame(
        in -> positive(Plain.plus(Plain.dense(in[0], in[1], 5, 3), in[2])),
        layer.forward(x, Mode.TRAIN),
        device.normal(Shape.of(4, 3)),
        List.of(x, layer.weight(), bias),
        1e-5);
  }

  @Test
  void convolutionHalvesAnImage() {
    check(
        new Conv2d(3, 2, 4, Window.of(2, 1), true, ANY, device.draws()),
        Shape.of(2, 6, 6, 3),
        Shape.of(2, 3, 3, 2),
        (x, w) -> Plain.conv(x, w, 6, 3, 2, 4, 2, 1));
  }

  @Test
  void convolutionWithoutBiasKeepsTheSizeOfAnOddImage() {
    check(
        new Conv2d(1, 4, 3, Window.of(1, 1), false, ANY, device.draws()),
        Shape.of(2, 5, 5, 1),
        Shape.of(2, 5, 5, 4),
        (x, w) -> Plain.conv(x, w, 5, 1, 4, 3, 1, 1));
  }

  @Test
  void transposedConvolutionDoublesAnImage() {
    check(
        new ConvTranspose2d(3, 2, 4, Window.of(2, 1), true, ANY, device.draws()),
        Shape.of(2, 3, 3, 3),
        Shape.of(2, 6, 6, 2),
        (x, w) -> Plain.convTranspose(x, w, 3, 3, 2, 4, 2, 1));
  }

  @Test
  void transposedConvolutionWithoutBiasMakesAnImageOfAPixel() {
    check(
        new ConvTranspose2d(5, 2, 4, Window.of(1, 0), false, ANY, device.draws()),
        Shape.of(2, 1, 1, 5),
        Shape.of(2, 4, 4, 2),
        (x, w) -> Plain.convTranspose(x, w, 1, 5, 2, 4, 1, 0));
  }

  @Test
  void weightsAreDrawnForTheInputsAndOutputsTheyConnect() {
    List<String> fans = new ArrayList<>();
    Initialiser recording =
        (shape, fanIn, fanOut, random) -> {
          fans.add(shape + " " + fanIn + " " + fanOut);
          return ANY.draw(shape, fanIn, fanOut, random);
        };
    new Dense(5, 3, true, recording, device.draws());
    new Conv2d(3, 8, 4, Window.of(2, 1), true, recording, device.draws());
    new ConvTranspose2d(8, 3, 4, Window.of(2, 1), true, recording, device.draws());
    // Of a transposed convolution's 4x4 taps, a stride of 2 lets 2x2 reach an output.
    assertEquals(List.of("[3,5] 5 3", "[8,4,4,3] 48 128", "[8,4,4,3] 32 48"), fans);
  }

  @Test
  void aStrideBeyondTheKernelStillCountsAnInput() {
    Weighted layer =
        new ConvTranspose2d(1, 1, 1, Window.of(2, 0), false, Initialiser.he(0), device.draws());
    assertTrue(Float.isFinite(layer.weight().item()));
  }

  @Test
  void anInputOfAnotherWidthIsRefusedWithBothShapes() {
    Module layer = new Dense(5, 3, true, ANY, device.draws());
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> layer.forward(device.normal(Shape.of(2, 4)), Mode.EVAL));
    assertTrue(refusal.getMessage().contains("[2,4]"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("[3,5]"), refusal.getMessage());
  }

  private static double[] positive(double[] z) {
    return Arrays.stream(z).map(value -> Math.max(value, 0)).toArray();
  }

  /** Output, gradients of input, weight and bias, and the parameters' names. */
  private void check(
      Weighted layer, Shape input, Shape output, BinaryOperator<double[]> plainWithoutBias) {
    List<String> names = layer.bias().isPresent() ? List.of("weight", "bias") : List.of("weight");
    assertEquals(names, List.copyOf(layer.parameters().keySet()));
    assertEquals(List.copyOf(layer.parameters().keySet()), List.copyOf(layer.state().keySet()));
    // A bias of its first value, 0, would hide that it is missing.
    layer.bias().ifPresent(bias -> bias.assign(device.normal(bias.shape())));

    Tensor x = device.normal(input);
    Tensor y = layer.forward(x, Mode.TRAIN);
    assertEquals(output, y.shape());
    List<Tensor> inputs = new ArrayList<>(List.of(x));
    inputs.addAll(layer.parameters().values());
    Slopes.assertSame(
        in -> {
          double[] plain = plainWithoutBias.apply(in[0], in[1]);
          return in.length == 2 ? plain : Plain.plus(plain, in[2]);
        },
        y,
        device.normal(output),
        inputs,
        1e-5);
  }
}
