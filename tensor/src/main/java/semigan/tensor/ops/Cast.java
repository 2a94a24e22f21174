package semigan.tensor.ops;

import java.util.List;
import semigan.kernels.DType;
import semigan.tensor.Tensor;

/** The same numbers in another floating-point type. */
public final class Cast {
  private Cast() {}

  /**
   * {@code x} rounded to {@code type}, or {@code x} itself if it is of that type. A copy that is
   * kept beside {@code x} (see {@link Tensor#keepRounded}) spares the work. The gradient is rounded
   * to the type of {@code x}.
   *
   * @throws IllegalArgumentException if either is not a floating-point type
   */
  public static Tensor cast(Tensor x, DType type) {
    if (!x.type().isFloatingPoint() || !type.isFloatingPoint()) {
      throw new IllegalArgumentException(
          "cast: %s of %s cannot become %s; only floating-point types convert into each other"
              .formatted(x.shape(), x.type(), type));
    }
    if (x.type() == type) {
      return x;
    }
    Tensor y = x.rounded().filter(copy -> copy.type() == type).orElseGet(() -> converted(x, type));
    return y.madeBy(
        "cast", List.of(x), (dy, gradients) -> gradients.to(x, () -> converted(dy, x.type())));
  }

  private static Tensor converted(Tensor x, DType type) {
    Tensor y = Tensor.empty(x.device(), type, x.shape());
    y.assign(x);
    return y;
  }
}
