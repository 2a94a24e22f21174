package semigan.kernels;

import java.util.Objects;

/**
 * A run of elements in a device's memory. It has a length and a type, but no shape and no owner:
 * whoever allocated it hands it back with {@link Backend#release}.
 */
public abstract class Buffer {
  private final DType type;
  private final long length;

  protected Buffer(DType type, long length) {
    this.type = type;
    this.length = length;
  }

  public final DType type() {
    return type;
  }

  /** Number of elements. */
  public final long length() {
    return length;
  }

  /** Number of bytes in use, without what the allocator rounded up. */
  public final long bytes() {
    return length * type.bytes();
  }

  /**
   * A window on {@code length} elements from {@code offset}, sharing this buffer's memory. It must
   * not be released.
   *
   * @throws IndexOutOfBoundsException if the window reaches outside this buffer
   */
  public final Buffer slice(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, this.length);
    return window(offset, length);
  }

  /** The window itself; its bounds have been checked. */
  protected abstract Buffer window(long offset, long length);

  @Override
  public String toString() {
    return type + "[" + length + "]";
  }
}
