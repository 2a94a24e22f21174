package semigan.tensor.ops;

import semigan.tensor.Tensor;

/**
 * The check that operations of several tensors share; kernels read raw memory and cannot make it.
 */
final class Operands {
  private Operands() {}

  /**
   * @throws IllegalArgumentException if the tensors are on two devices or of two types
   */
  static void requireAlike(String operation, Tensor a, Tensor b) {
    if (a.device() != b.device()) {
      throw new IllegalArgumentException(
          "%s: the operands %s and %s are on two devices, %s and %s; make both on one"
              .formatted(operation, a.shape(), b.shape(), a.device().name(), b.device().name()));
    }
    if (a.type() != b.type()) {
      throw new IllegalArgumentException(
          "%s: the operands %s and %s are of two types, %s and %s; make both of one"
              .formatted(operation, a.shape(), b.shape(), a.type(), b.type()));
    }
  }
}
