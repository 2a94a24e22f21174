package semigan.tensor.ops;

import semigan.kernels.DType;
import semigan.tensor.RandomSource;
import semigan.tensor.Tensor;

/** The checks that operations share; kernels read raw memory and cannot make them. */
final class Operands {
  private Operands() {}

  /**
   * @throws IllegalArgumentException if the tensors are on two devices or of two types
   */
  static void requireAlike(String operation, Tensor a, Tensor b) {
    requireOneDevice(operation, a, b);
    if (a.type() != b.type()) {
      throw new IllegalArgumentException(
          "%s: the operands %s and %s are of two types, %s and %s; make both of one"
              .formatted(operation, a.shape(), b.shape(), a.type(), b.type()));
    }
  }

  /**
   * @throws IllegalArgumentException if the tensors are on two devices
   */
  static void requireOneDevice(String operation, Tensor a, Tensor b) {
    if (a.device() != b.device()) {
      throw new IllegalArgumentException(
          "%s: the operands %s and %s are on two devices, %s and %s; make both on one"
              .formatted(operation, a.shape(), b.shape(), a.device().name(), b.device().name()));
    }
  }

  /**
   * @throws IllegalArgumentException if the tensor is on another device than the random numbers
   */
  static void requireOneDevice(String operation, Tensor x, RandomSource random) {
    if (x.device() != random.device()) {
      throw new IllegalArgumentException(
          "%s: the input %s is on %s but the random source on %s; make both on one"
              .formatted(operation, x.shape(), x.device().name(), random.device().name()));
    }
  }

  /**
   * For what goes beside {@code x}: a bias, a scale, a statistic.
   *
   * @throws IllegalArgumentException if it is on another device, or not of {@link #wide} type
   */
  static void requireBeside(String operation, Tensor x, String name, Tensor beside) {
    requireOneDevice(operation, x, beside);
    DType expected = wide(x.type());
    if (beside.type() != expected) {
      throw new IllegalArgumentException(
          "%s: the %s %s is %s, expected %s beside an input of %s"
              .formatted(operation, name, beside.shape(), beside.type(), expected, x.type()));
    }
  }

  /** What is summed up from elements of a type: F32 in place of BF16. */
  static DType wide(DType type) {
    return type == DType.BF16 ? DType.F32 : type;
  }
}
