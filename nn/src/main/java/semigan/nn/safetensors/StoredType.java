package semigan.nn.safetensors;

import java.nio.ByteBuffer;
import semigan.kernels.Bf16;

/** How a file stores an element, under the name that the format gives it. Little-endian. */
public enum StoredType {
  F32(4) {
    @Override
    void decode(ByteBuffer source, float[] target, int at, int count) {
      source.asFloatBuffer().get(target, at, count);
    }

    @Override
    void encode(float[] source, int from, int count, ByteBuffer target) {
      target.asFloatBuffer().put(source, from, count);
    }
  },
  /** The upper half of an F32, rounded to nearest, ties to even. */
  BF16(2) {
    @Override
    void decode(ByteBuffer source, float[] target, int at, int count) {
      for (int i = 0; i < count; i++) {
        target[at + i] = Bf16.toFloat(source.getShort(2 * i));
      }
    }

    @Override
    void encode(float[] source, int from, int count, ByteBuffer target) {
      for (int i = 0; i < count; i++) {
        target.putShort(2 * i, Bf16.of(source[from + i]));
      }
    }
  },
  I32(4),
  I64(8);

  private final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes that one element takes. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloatingPoint() {
    return this == F32 || this == BF16;
  }

  /** Widens the first {@code count} elements of {@code source} to {@code target[at ..]}. */
  void decode(ByteBuffer source, float[] target, int at, int count) {
    throw new IllegalArgumentException(this + " holds integers, not floating-point numbers");
  }

  /** Narrows {@code source[from ..]} to the first {@code count} elements of {@code target}. */
  void encode(float[] source, int from, int count, ByteBuffer target) {
    throw new IllegalArgumentException(this + " holds integers, not floating-point numbers");
  }
}
