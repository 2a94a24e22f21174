package semigan.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The sizes of a tensor along its axes, outermost first. A scalar has none. */
public final class Shape {
  private final int[] sizes;

  private Shape(int[] sizes) {
    this.sizes = sizes;
  }

  /**
   * @throws IllegalArgumentException if a size is not positive
   */
  public static Shape of(int... sizes) {
    for (int size : sizes) {
      if (size <= 0) {
        throw new IllegalArgumentException(
            "shape: sizes must be positive but are " + Arrays.toString(sizes));
      }
    }
    return new Shape(sizes.clone());
  }

  /** As {@link #of(int...)}. */
  public static Shape of(List<Integer> sizes) {
    return of(sizes.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Number of axes. */
  public int rank() {
    return sizes.length;
  }

  /** Size along {@code axis}; negative axes count from the last, {@code -1}. */
  public int size(int axis) {
    return sizes[axis(axis)];
  }

  /**
   * An axis counted from the first, given one that may count from the last.
   *
   * @throws IllegalArgumentException if there is no such axis
   */
  public int axis(int axis) {
    return axis("shape", axis);
  }

  /** As {@link #axis(int)}, for an operation that its message names. */
  public int axis(String operation, int axis) {
    int counted = axis < 0 ? axis + sizes.length : axis;
    if (counted < 0 || counted >= sizes.length) {
      throw new IllegalArgumentException(
          "%s: there is no axis %d in %s".formatted(operation, axis, this));
    }
    return counted;
  }

  /** Number of elements. */
  public long elements() {
    long product = 1;
    for (int size : sizes) {
      product = Math.multiplyExact(product, (long) size);
    }
    return product;
  }

  /** The sizes as a list, as geometry records take them. */
  public List<Integer> toList() {
    return Arrays.stream(sizes).boxed().toList();
  }

  /** Elements between neighbours along each axis of a dense row-major layout. */
  public long[] strides() {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    return strides;
  }

  /** This shape with another size along one axis. */
  public Shape with(int axis, int size) {
    int[] changed = sizes.clone();
    changed[axis(axis)] = size;
    return of(changed);
  }

  /**
   * This shape with leading sizes of 1 up to {@code rank}.
   *
   * @throws IllegalArgumentException if it has more axes than that
   */
  public Shape padTo(int rank) {
    if (rank < sizes.length) {
      throw new IllegalArgumentException(
          "shape: %s has %d axes, more than the %d to pad it to"
              .formatted(this, sizes.length, rank));
    }
    int[] padded = new int[rank];
    Arrays.fill(padded, 1);
    System.arraycopy(sizes, 0, padded, rank - sizes.length, sizes.length);
    return new Shape(padded);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /** {@code [64,32,32,3]}. */
  @Override
  public String toString() {
    return Arrays.stream(sizes)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(",", "[", "]"));
  }
}
