package semigan.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.MatMul;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

/** A repeated step computes what its parts compute, on devices that record and on others. */
class RepeatedStepTest {
  private static final int RUNS = 6;

  static Stream<String> devices() {
    return Backends.names().stream();
  }

  @ParameterizedTest
  @MethodSource("devices")
  void everyRunSeesWhatItsInputsHoldThen(String name) {
    try (Backend device = BackendAgreementTest.open(name);
        Scope scope = Scope.open(device)) {
      Tensor x = Tensor.zeros(scope.device(), DType.F32, Shape.of(3, 4));
      Tensor w = Tensor.of(device, Shape.of(4, 2), 1, -2, 3, 0.5f, -1, 0.25f, 2, 1);
      try (var step = new RepeatedStep<>(device, () -> gradient(x, w))) {
        for (int run = 0; run < RUNS; run++) {
          x.assign(inputs(run));
          step.run();
          float[] found = step.result().toFloats();
          assertArrayEquals(directly(device, run, w), found, name + ", run " + run);
          step.release();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void randomNumbersFollowTheStepsNumber(String name) {
    try (Backend device = BackendAgreementTest.open(name);
        Scope scope = Scope.open(device)) {
      RandomSource random = new RandomSource(scope.device(), 5);
      Shape shape = Shape.of(7);
      try (var step = new RepeatedStep<>(device, () -> random.normal(DType.F32, shape, 0, 1))) {
        for (int run = 0; run < RUNS; run++) {
          random.moveTo(run);
          float[] expected = random.normal(DType.F32, shape, 0, 1).toFloats();
          random.moveTo(run);
          step.run();
          assertArrayEquals(expected, step.result().toFloats(), "run " + run);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void nothingIsLeftBehind(String name) {
    try (Backend device = BackendAgreementTest.open(name)) {
      try (Scope scope = Scope.open(device)) {
        Tensor x = Tensor.zeros(scope.device(), DType.F32, Shape.of(3, 4));
        Tensor w = Tensor.zeros(device, DType.F32, Shape.of(4, 2));
        long before = device.memory().live();
        try (var step = new RepeatedStep<>(device, () -> gradient(x, w))) {
          step.run();
          step.run();
          long second = device.memory().live();
          for (int run = 2; run < RUNS; run++) {
            step.run();
            assertEquals(second, device.memory().live(), "after run " + run);
          }
        }
        assertEquals(before, device.memory().live());
      }
    }
  }

  /** A recording is launched with fixed addresses: nobody else may get its memory. */
  @ParameterizedTest
  @MethodSource("devices")
  void whatIsMadeBetweenRunsIsNotOverwritten(String name) {
    try (Backend device = BackendAgreementTest.open(name);
        Scope scope = Scope.open(device)) {
      Tensor x = Tensor.of(scope.device(), Shape.of(3, 4), inputs(1));
      Tensor w = Tensor.of(device, Shape.of(4, 2), 1, -2, 3, 0.5f, -1, 0.25f, 2, 1);
      try (var step = new RepeatedStep<>(device, () -> gradient(x, w))) {
        for (int run = 0; run < RUNS; run++) {
          step.run();
          step.release();
          Tensor[] others = new Tensor[8];
          for (int i = 0; i < others.length; i++) {
            others[i] = Tensor.full(device, DType.F32, Shape.of(3, 4), i);
          }
          step.run();
          step.release();
          for (int i = 0; i < others.length; i++) {
            for (float value : others[i].toFloats()) {
              assertEquals(i, value, "run " + run);
            }
          }
        }
      }
    }
  }

  @Test
  void aFailedComputationLeavesNoScopeOpen() {
    try (Backend device = Backends.open("reference");
        Scope scope = Scope.open(device)) {
      var step =
          new RepeatedStep<>(
              scope.device(),
              () -> {
                Tensor.zeros(device, DType.F32, Shape.of(9));
                throw new IllegalStateException("on purpose");
              });
      assertThrows(IllegalStateException.class, step::run);
      assertEquals(0, device.memory().live());
      var error = assertThrows(IllegalStateException.class, step::result);
      assertTrue(error.getMessage().contains("run the step first"), error.getMessage());
    }
  }

  @Test
  void onlyDevicesWhoseCallsCostMoreThanTheirWorkRecord() {
    try (Backend reference = Backends.open("reference")) {
      assertEquals(Optional.empty(), reference.recorder());
    }
  }

  private static Tensor gradient(Tensor x, Tensor w) {
    Tensor loss = Sum.mean(Unary.square(Unary.tanh(MatMul.matmul(x, w))));
    Tensor gradient = loss.backward(List.of(w)).of(w);
    return Binary.multiply(gradient, gradient);
  }

  private static float[] directly(Backend device, int run, Tensor w) {
    try (Scope scope = Scope.open(device)) {
      return gradient(Tensor.of(scope.device(), Shape.of(3, 4), inputs(run)), w).toFloats();
    }
  }

  private static float[] inputs(int run) {
    float[] values = new float[12];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i + 3 * run);
    }
    return values;
  }
}
