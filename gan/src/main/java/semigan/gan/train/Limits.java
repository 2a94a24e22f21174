package semigan.gan.train;

/** What the settings of a run may be. */
final class Limits {
  private Limits() {}

  static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive but is " + value);
    }
  }

  static void notNegative(String name, long value) {
    if (value < 0) {
      String verb = name.endsWith("s") ? "are " : "is ";
      throw new IllegalArgumentException(name + " must not be negative but " + verb + value);
    }
  }

  /** A weight of a term: finite and not negative. */
  static void weight(String name, float value) {
    if (!(value >= 0 && Float.isFinite(value))) {
      throw new IllegalArgumentException(name + " must not be negative but is " + value);
    }
  }

  static void rate(String name, float value) {
    if (!(value > 0 && Float.isFinite(value))) {
      throw new IllegalArgumentException(name + " must be positive but is " + value);
    }
  }

  static void share(String name, float value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be between 0 and 1 but is " + value);
    }
  }
}
