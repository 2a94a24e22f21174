package semigan.kernels;

/** Moving elements without computing on them. */
public interface CopyKernels {
  /** Copies the box that the geometry describes; the rest of the target stays as it is. */
  void strided(StridedCopy geometry, Buffer source, Buffer target);

  /**
   * The whole of {@code source} into the whole of {@code target}, converting between floating-point
   * types.
   */
  void convert(Buffer source, Buffer target);

  /**
   * {@code y[row] = x[row, labels[row]]}.
   *
   * @param x {@code [rows, columns]}
   * @param labels I32 of {@code [rows]}, each in {@code [0, columns)}
   * @param y {@code [rows]}
   */
  void gather(long rows, int columns, Buffer x, Buffer labels, Buffer y);

  /** The gradient of {@link #gather}: {@code dx[row, labels[row]] = dy[row]}, and 0 elsewhere. */
  void gatherBackward(long rows, int columns, Buffer dy, Buffer labels, Buffer dx);
}
