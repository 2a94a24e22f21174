package semigan.kernels;

/**
 * An argument of the call under test: what it holds before, and whether the call may change it.
 *
 * @param label its name in messages
 * @param type how devices store it
 * @param before its elements before the call, as {@code type} stores them
 * @param written whether it is an output
 */
record Operand(String label, DType type, double[] before, boolean written) {
  int length() {
    return before.length;
  }

  /** Operands are places, told apart by identity. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return label + ": " + type + "[" + length() + "]";
  }
}
