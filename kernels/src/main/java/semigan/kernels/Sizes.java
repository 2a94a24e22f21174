package semigan.kernels;

/** The checks that geometry records share. */
final class Sizes {
  private Sizes() {}

  static void positive(String what, String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(
          "%s: %s must be positive but is %d".formatted(what, name, value));
    }
  }

  /** A window sliding along one padded axis: every size in range, and at least one position. */
  static void window(
      String what, String axis, int size, int kernel, int stride, int before, int after) {
    positive(what, "input " + axis, size);
    positive(what, "kernel " + axis, kernel);
    positive(what, "stride along the " + axis, stride);
    if (before < 0 || after < 0) {
      throw new IllegalArgumentException(
          "%s: padding along the %s must not be negative but is %d and %d"
              .formatted(what, axis, before, after));
    }
    if (size + before + after < kernel) {
      throw new IllegalArgumentException(
          "%s: a kernel of %s %d does not fit an input of %d padded by %d and %d; use a smaller kernel or more padding"
              .formatted(what, axis, kernel, size, before, after));
    }
  }

  static void paddingInside(String what, String axis, int kernel, int before, int after) {
    if (before >= kernel || after >= kernel) {
      throw new IllegalArgumentException(
          "%s: padding along the %s (%d and %d) must be smaller than the kernel (%d), or a window holds no element"
              .formatted(what, axis, before, after, kernel));
    }
  }
}
