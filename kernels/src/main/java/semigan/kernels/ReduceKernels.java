package semigan.kernels;

/**
 * Reductions over axes of a row-major box, in a fixed order, so that the same input gives the same
 * bits.
 */
public interface ReduceKernels {
  void sum(ReduceGeometry geometry, Buffer x, Buffer y);

  void max(ReduceGeometry geometry, Buffer x, Buffer y);

  /**
   * The gradient of {@link #max}: {@code dy} goes to the elements that equal the maximum {@code y},
   * shared evenly where there are several.
   */
  void maxBackward(ReduceGeometry geometry, Buffer x, Buffer y, Buffer dy, Buffer dx);
}
