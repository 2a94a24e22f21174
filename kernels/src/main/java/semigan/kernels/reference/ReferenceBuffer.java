package semigan.kernels.reference;

import java.util.Arrays;
import semigan.kernels.Buffer;
import semigan.kernels.CachingAllocator.Block;
import semigan.kernels.DType;

/**
 * Elements of any type held as doubles, which represent every value of every {@link DType}. Storing
 * rounds to the buffer's type, so what is read back is what a device would hold.
 */
final class ReferenceBuffer extends Buffer {
  /** What fresh and released integers hold: the bits of a float NaN, far outside any label. */
  private static final int POISON = 0x7FC00000;

  private final double[] elements;
  private final int offset;
  private final Block<Object> block;

  private ReferenceBuffer(
      DType type, long length, double[] elements, int offset, Block<Object> block) {
    super(type, length);
    this.elements = elements;
    this.offset = offset;
    this.block = block;
  }

  /** A poisoned buffer of the whole of {@code elements}, which the allocator counts as a block. */
  static ReferenceBuffer poisoned(DType type, double[] elements, Block<Object> block) {
    var buffer = new ReferenceBuffer(type, elements.length, elements, 0, block);
    buffer.poison();
    return buffer;
  }

  static ReferenceBuffer of(Buffer buffer) {
    return (ReferenceBuffer) buffer;
  }

  /** What the allocator counts this buffer as; null for a window on another buffer. */
  Block<Object> block() {
    return block;
  }

  double get(long index) {
    return elements[offset + (int) index];
  }

  void set(long index, double value) {
    elements[offset + (int) index] =
        switch (type()) {
          case F64 -> value;
          case F32 -> (float) value;
          case BF16 -> toBf16((float) value);
          case I32 -> (int) value;
        };
  }

  /** Stores all of {@code values}, one for each element. */
  void setAll(double[] values) {
    for (int i = 0; i < values.length; i++) {
      set(i, values[i]);
    }
  }

  /** Makes any use of the present contents show; for a buffer of its own memory. */
  void poison() {
    Arrays.fill(elements, type().isFloatingPoint() ? Double.NaN : POISON);
  }

  @Override
  protected Buffer window(long from, long length) {
    return new ReferenceBuffer(type(), length, elements, offset + (int) from, null);
  }

  /** The nearest BF16, ties to even: what a carry from the lower half of the bits gives. */
  private static float toBf16(float value) {
    if (Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    int half = 0x7FFF + (bits >>> 16 & 1);
    return Float.intBitsToFloat(bits + half & 0xFFFF0000);
  }
}
