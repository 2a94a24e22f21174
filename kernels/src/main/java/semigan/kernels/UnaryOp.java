package semigan.kernels;

/**
 * Functions of one element. {@code alpha} and {@code beta} are the kernel's arguments of that name.
 */
public enum UnaryOp {
  /** {@code x > 0 ? x : alpha x}; its slope at 0 is {@code alpha}. {@code alpha = 0} is ReLU. */
  LEAKY_RELU,
  TANH,
  /** {@code 1 / (1 + exp(-x))}, without overflow. */
  SIGMOID,
  /** {@code log(1 + exp(x))}, without overflow. */
  SOFTPLUS,
  EXP,
  LOG,
  SQRT,
  SQUARE,
  /** {@code |x|}; its slope at 0 is 0. */
  ABS,
  /** {@code alpha x + beta}. */
  LINEAR
}
