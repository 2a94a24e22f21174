package semigan.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.tensor.ops.Softmax;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

class TensorTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void takesTheTypeOfItsValues() {
    Backend backend = device.backend();
    assertEquals(DType.F32, Tensor.of(backend, Shape.of(1), 1f).type());
    assertEquals(DType.F64, Tensor.of(backend, Shape.of(1), 1.0).type());
    assertEquals(DType.I32, Tensor.of(backend, Shape.of(1), 1).type());
  }

  @Test
  void keepsDoublesExactly() {
    double third = 1 / 3.0;
    assertArrayEquals(new double[] {third}, device.tensor(Shape.of(1), third).toDoubles());
    assertArrayEquals(new float[] {(float) third}, device.tensor(Shape.of(1), third).toFloats());
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "F64"})
  void isFilledWithOneValue(DType type) {
    Tensor tensor = Tensor.full(device.backend(), type, Shape.of(2, 2), 1.5f);
    assertEquals(type, tensor.type());
    assertArrayEquals(new float[] {1.5f, 1.5f, 1.5f, 1.5f}, tensor.toFloats());
    assertArrayEquals(new float[3], Tensor.zeros(device.backend(), type, Shape.of(3)).toFloats());
  }

  @Test
  void readsLabelsAsIntegersOnly() {
    Tensor labels = device.labels(7, -1);
    assertArrayEquals(new int[] {7, -1}, labels.toInts());
    Tensor zeros = Tensor.zeros(device.backend(), DType.I32, Shape.of(2));
    assertArrayEquals(new int[2], zeros.toInts());
    zeros.assign(labels);
    assertArrayEquals(new int[] {7, -1}, zeros.toInts());

    String labelsAreRefused =
        ": [2] is I32, expected a floating-point type; integers are labels, which toInts reads";
    assertRefused(labels::toFloats, "toFloats" + labelsAreRefused);
    assertRefused(labels::toDoubles, "toDoubles" + labelsAreRefused);
    assertRefused(() -> labels.assign(new float[2]), "assign" + labelsAreRefused);
    Tensor floats = Tensor.of(device.backend(), Shape.of(2), 1f, 2f);
    assertRefused(() -> labels.assign(floats), "assign" + labelsAreRefused);
    assertRefused(() -> floats.assign(labels), "assign" + labelsAreRefused);
    assertRefused(labels::keepRounded, "keepRounded" + labelsAreRefused);
    assertRefused(
        () -> Tensor.full(device.backend(), DType.I32, Shape.of(2), 3), "full" + labelsAreRefused);
    Tensor one = device.labels(7);
    String oneIsRefused = labelsAreRefused.replace("[2]", "[1]");
    assertRefused(one::item, "item" + oneIsRefused);
    assertRefused(() -> one.backward(List.of(one)), "backward" + oneIsRefused);
    assertRefused(floats::toInts, "toInts: [2] is F32, expected I32; toFloats reads it");
  }

  @Test
  void takesNoValuesFromAnotherDevice() {
    Tensor here = device.normal(Shape.of(3));
    try (Backend other = Backends.open("reference");
        Scope scope = Scope.open(other)) {
      Tensor there = Tensor.zeros(other, DType.F64, Shape.of(3));
      assertRefused(
          () -> here.assign(there),
          "assign: the source [3] is on reference but the target [3] on reference; make both on one");
    }
  }

  @Test
  void refusesValuesThatDoNotFillItsShape() {
    assertRefused(
        () -> device.tensor(Shape.of(2, 3), 1, 2),
        "tensor: 2 values do not fill the shape [2,3], which holds 6");
    Tensor tensor = Tensor.of(device.backend(), Shape.of(2), 1f, 2f);
    assertRefused(
        () -> tensor.assign(new float[3]),
        "tensor: 3 values do not fill the shape [2], which holds 2");
  }

  @Test
  void isOverwrittenInPlace() {
    Tensor tensor = Tensor.of(device.backend(), Shape.of(2), 1f, 2f);
    Tensor view = tensor.detach();
    long live = device.backend().memory().live();
    tensor.assign(new float[] {3, 4});
    assertArrayEquals(new float[] {3, 4}, view.toFloats());
    assertEquals(live, device.backend().memory().live());
    tensor.assign(device.tensor(Shape.of(2, 1), 5, 6));
    assertArrayEquals(new float[] {5, 6}, tensor.toFloats(), "from another type and shape");
    assertRefused(() -> tensor.assign(device.normal(Shape.of(3))), "assign: [3] does not fit [2]");
  }

  @Test
  void givesItsOnlyElement() {
    assertEquals(2.5f, device.tensor(Shape.of(), 2.5).item());
    assertEquals(2.5f, device.tensor(Shape.of(1, 1), 2.5).item());
    Tensor two = device.normal(Shape.of(2));
    var refusal = assertThrows(IllegalStateException.class, two::item);
    assertEquals("item: [2] does not hold one element", refusal.getMessage());
  }

  @Test
  void sharesItsMemoryWithItsViews() {
    Tensor tensor = device.normal(Shape.of(2, 3));
    long live = device.backend().memory().live();
    assertArrayEquals(tensor.toDoubles(), tensor.detach().toDoubles());
    assertArrayEquals(tensor.toDoubles(), tensor.view(Shape.of(6)).toDoubles());
    assertEquals(live, device.backend().memory().live());
    assertRefused(
        () -> tensor.view(Shape.of(2000)), "view: [2,3] holds 6 elements but [2000] holds 2000");
  }

  @Test
  void tellsItsShapeAndWhatMadeIt() {
    Tensor logits = device.normal(Shape.of(64, 10));
    assertEquals("tensor [64,10]", logits.toString());
    assertEquals("tensor [64] made by log_sum_exp", Softmax.logSumExp(logits).toString());
    assertEquals("tensor [64,10]", Softmax.softmax(logits).detach().toString());
  }

  @Test
  void hasNothingToReportWhereEverythingIsFinite() {
    Tensor x = device.normal(Shape.of(4));
    assertTrue(Sum.sum(Unary.exp(x)).firstNonFinite().isEmpty());
  }

  @Test
  void namesTheOperationThatFirstLeftTheFiniteNumbers() {
    Tensor x = device.tensor(Shape.of(2), -1, 1);
    Tensor fine = Unary.tanh(x);
    Tensor broken = Unary.log(fine);
    Tensor loss = Sum.sum(Unary.square(Unary.exp(broken)));
    NonFinite first = loss.firstNonFinite().orElseThrow();
    assertEquals("log", first.operation().orElseThrow());
    assertEquals(broken, first.tensor());
    assertEquals(List.of(fine), first.inputs());
  }

  /** An optimiser may have overwritten it after the results were made. */
  @Test
  void namesAResultBeforeAGivenTensor() {
    Tensor x = device.tensor(Shape.of(2), 1, Double.POSITIVE_INFINITY);
    NonFinite first = Sum.sum(Unary.square(x)).firstNonFinite().orElseThrow();
    assertEquals("square", first.operation().orElseThrow());
  }

  @Test
  void namesNoOperationWhereOnlyAGivenTensorIsNotFinite() {
    Tensor x = device.tensor(Shape.of(2), 1, Double.NEGATIVE_INFINITY);
    NonFinite first = Sum.sum(Unary.exp(x)).firstNonFinite().orElseThrow();
    assertEquals(x, first.tensor());
    assertTrue(first.operation().isEmpty());
    assertEquals(List.of(), first.inputs());
  }

  private static void assertRefused(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
