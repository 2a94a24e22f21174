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
   * @param labels I32 of {@code [rows]}, each in {@code [0, columns)}. The host's backends refuse
   *     another; {@code cuda} does not look at them, and takes an element of another row or from
   *     outside of {@code x}.
   * @param y {@code [rows]}
   * @throws IllegalArgumentException on the host, if a label is out of range
   */
  void gather(long rows, int columns, Buffer x, Buffer labels, Buffer y);

  /**
   * The gradient of {@link #gather}: {@code dx[row, labels[row]] = dy[row]}, and 0 elsewhere. A
   * label out of range is refused as there, but by {@code cuda}, which gives its row no gradient.
   */
  void gatherBackward(long rows, int columns, Buffer dy, Buffer labels, Buffer dx);

  /**
   * The check of a label.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  static void requireLabel(long row, int label, int columns) {
    if (label < 0 || label >= columns) {
      throw new IllegalArgumentException(
          "gather: row %d has the label %d, expected 0 to %d".formatted(row, label, columns - 1));
    }
  }
}
