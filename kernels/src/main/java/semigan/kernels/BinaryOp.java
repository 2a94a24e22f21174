package semigan.kernels;

/** Functions of two elements. */
public enum BinaryOp {
  ADD,
  SUBTRACT,
  MULTIPLY,
  DIVIDE
}
