package semigan.tensor.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.TestDevice;

class OperandsTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void mustBeOfOneType() {
    Tensor doubles = device.normal(Shape.of(2, 2));
    Tensor labels = device.labels(0, 1);
    assertRefused(
        () -> Binary.add(doubles, labels),
        "add: the operands [2,2] and [2] are of two types, F64 and I32; make both of one");
    Tensor floats = Tensor.of(device.backend(), Shape.of(2, 2), 1f, 2f, 3f, 4f);
    assertRefused(
        () -> MatMul.matmul(floats, doubles),
        "matmul: the operands [2,2] and [2,2] are of two types, F32 and F64; make both of one");
    assertRefused(
        () -> Concatenate.concatenate(0, List.of(doubles, floats)),
        "concatenate: the operands [2,2] and [2,2] are of two types, F64 and F32; make both of one");
    Tensor image = Reshape.reshape(doubles, Shape.of(1, 2, 2, 1));
    Tensor filter = Reshape.reshape(floats, Shape.of(1, 2, 2, 1));
    assertRefused(
        () -> Conv2d.conv2d(image, filter, Window.of(1, 0)),
        "conv2d: the operands [1,2,2,1] and [1,2,2,1] are of two types, F64 and F32; make both of one");
  }

  @Test
  void mustBeFloatingPointNumbers() {
    Tensor labels = device.labels(0, 1);
    Tensor rows = labels.view(Shape.of(1, 2));
    Tensor image = labels.view(Shape.of(1, 1, 2, 1));
    RandomSource random = new RandomSource(device.backend(), 1);
    Map<String, Executable> operations =
        Map.ofEntries(
            Map.entry("tanh: [2]", () -> Unary.tanh(labels)),
            Map.entry("add: [2]", () -> Binary.add(labels, labels)),
            Map.entry("sum: [2]", () -> Sum.sum(labels)),
            Map.entry("mean: [2]", () -> Sum.mean(labels)),
            Map.entry("max: [2]", () -> Max.max(labels)),
            Map.entry("softmax: [1,2]", () -> Softmax.softmax(rows)),
            Map.entry("gather: [1,2]", () -> Gather.gather(rows, device.labels(0))),
            Map.entry("matmul: [1,2]", () -> MatMul.matmul(rows, false, rows, true)),
            Map.entry("conv2d: [1,1,2,1]", () -> Conv2d.conv2d(image, image, Window.of(1, 0))),
            Map.entry("resize: [1,1,2,1]", () -> Resize.resizeNearest(image, 2, 4)),
            Map.entry(
                "max_pool2d: [1,1,2,1]", () -> Pool2d.maxPool2d(image, 1, 1, Window.of(1, 0))),
            Map.entry("weight_norm: [2]", () -> WeightNorm.weightNorm(labels, labels)),
            Map.entry("batch_norm: [1,2]", () -> BatchNorm.batchNorm(rows, labels, labels, 1)),
            Map.entry("dropout: [2]", () -> Dropout.dropout(labels, 0.5f, random)),
            Map.entry("noise: [2]", () -> Noise.noise(labels, 1, random)),
            Map.entry(
                "augment: [1,1,2,1]",
                () -> Augment.augment(image, Augment.Strength.COLOUR, random)));
    operations.forEach(
        (start, operation) ->
            assertRefused(
                operation,
                start
                    + " is I32, expected a floating-point type; integers are labels, which toInts reads"));
  }

  @Test
  void besideAnInputMustBeOfTheTypeOfItsSums() {
    Tensor x = ofOnes(DType.F32, Shape.of(2, 3));
    Tensor w = ofOnes(DType.F32, Shape.of(3, 3));
    Tensor right = ofOnes(DType.F32, Shape.of(3));
    Tensor rounded = ofOnes(DType.BF16, Shape.of(3));
    assertRefused(
        () -> MatMul.affine(x, w, rounded, 1),
        "affine: the bias [3] is BF16, expected F32 beside an input of F32");
    assertRefused(
        () -> MatMul.affine(x, w, device.labels(1, 2, 3), 1),
        "affine: the bias [3] is I32, expected F32 beside an input of F32");
    assertRefused(
        () -> BatchNorm.batchNorm(x, rounded, right, 1),
        "batch_norm: the scale [3] is BF16, expected F32 beside an input of F32");
    Tensor roundedInput = Cast.cast(x, DType.BF16);
    assertRefused(
        () -> BatchNorm.batchNorm(roundedInput, right, rounded, 1),
        "batch_norm: the shift [3] is BF16, expected F32 beside an input of BF16");
    assertRefused(
        () -> BatchNorm.batchNormInference(x, right, right, right, rounded, 1),
        "batch_norm: the variance [3] is BF16, expected F32 beside an input of F32");
    assertRefused(
        () -> WeightNorm.weightNorm(Cast.cast(w, DType.BF16), rounded),
        "weight_norm: the weight [3,3] and its scale are BF16, expected F32; round the result instead");
  }

  private Tensor ofOnes(DType type, Shape shape) {
    return Tensor.full(device.backend(), type, shape, 1);
  }

  @Test
  void mustBeOnOneDevice() {
    Tensor here = device.normal(Shape.of(3));
    Tensor rows = device.normal(Shape.of(3, 3));
    try (Backend other = Backends.open("reference");
        Scope scope = Scope.open(other)) {
      Tensor there = Tensor.of(other, Shape.of(3), 1.0, 2.0, 3.0);
      assertRefused(
          () -> Binary.multiply(here, there),
          "multiply: the operands [3] and [3] are on two devices, reference and reference; make both on one");
      Tensor labels = Tensor.of(other, Shape.of(3), 0, 1, 2);
      RandomSource random = new RandomSource(other, 1);
      String apart = "the operands [3,3] and [3] are on two devices, reference and reference";
      String drawnApart = "the input [3] is on reference but the random source on reference";
      Map<String, Executable> operations =
          Map.of(
              "affine: " + apart, () -> MatMul.affine(rows, rows, there, 1),
              "batch_norm: " + apart, () -> BatchNorm.batchNorm(rows, here, there, 1),
              "gather: " + apart, () -> Gather.gather(rows, labels),
              "semi_supervised: " + apart, () -> SemiSupervised.semiSupervised(rows, labels),
              "dropout: " + drawnApart, () -> Dropout.dropout(here, 0.5f, random),
              "noise: " + drawnApart, () -> Noise.noise(here, 1, random));
      operations.forEach(
          (start, operation) -> assertRefused(operation, start + "; make both on one"));
    }
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
