package semigan.kernels;

/** Which of a convolution's three operands is computed from the other two. */
public enum ConvDirection {
  FORWARD("forward"),
  BACKWARD_INPUT("input gradient"),
  BACKWARD_WEIGHT("filter gradient");

  private final String label;

  ConvDirection(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
