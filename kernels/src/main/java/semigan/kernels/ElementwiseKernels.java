package semigan.kernels;

/**
 * Functions of single elements. An output may be the very buffer of an input that has its length.
 */
public interface ElementwiseKernels {
  /** {@code y = op(x)}. */
  void unary(UnaryOp op, float alpha, float beta, Buffer x, Buffer y);

  /** {@code dx = dy op'(x)}, given the forward's {@code x} and {@code y}. */
  void unaryBackward(UnaryOp op, float alpha, float beta, Buffer x, Buffer y, Buffer dy, Buffer dx);

  /** {@code y = op(a, b)}, row-major, broadcast as the geometry says. */
  void binary(BinaryOp op, BroadcastGeometry geometry, Buffer a, Buffer b, Buffer y);

  /** Every element becomes {@code value}. */
  void fill(Buffer y, float value);
}
