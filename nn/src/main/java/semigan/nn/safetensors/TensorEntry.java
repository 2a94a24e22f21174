package semigan.nn.safetensors;

import static semigan.nn.safetensors.AtomicFile.writeFully;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A tensor to be written: type, shape, and where its elements come from. A supplier is asked when
 * its tensor's turn comes, so that a model larger than the heap can be written tensor by tensor.
 */
public final class TensorEntry {
  /** Bytes converted at a time. */
  private static final int CHUNK = 1 << 18;

  /** Writes the elements and returns how many bytes that took. */
  @FunctionalInterface
  private interface Elements {
    long writeTo(WritableByteChannel channel) throws IOException;
  }

  private final StoredType type;
  private final long[] shape;
  private final Elements elements;

  private TensorEntry(StoredType type, long[] shape, Elements elements) {
    this.type = Objects.requireNonNull(type);
    this.shape = shape.clone();
    this.elements = elements;
    byteCount(type, this.shape);
  }

  /** Floating-point numbers stored as {@code type}, which is F32 or BF16. */
  public static TensorEntry floats(StoredType type, Supplier<float[]> values, long... shape) {
    if (!type.isFloatingPoint()) {
      throw new IllegalArgumentException("floats are stored as F32 or BF16, not as " + type);
    }
    return new TensorEntry(type, shape, channel -> writeFloats(type, values.get(), channel));
  }

  public static TensorEntry f32(float[] values, long... shape) {
    return floats(StoredType.F32, () -> values, shape);
  }

  public static TensorEntry i32(int[] values, long... shape) {
    return bytes(
        StoredType.I32,
        () -> {
          ByteBuffer bytes = littleEndian(Math.multiplyExact(values.length, 4));
          bytes.asIntBuffer().put(values);
          return bytes;
        },
        shape);
  }

  public static TensorEntry i64(long[] values, long... shape) {
    return bytes(
        StoredType.I64,
        () -> {
          ByteBuffer bytes = littleEndian(Math.multiplyExact(values.length, 8));
          bytes.asLongBuffer().put(values);
          return bytes;
        },
        shape);
  }

  /** The bytes between a buffer's position and limit as they shall stand in the file. */
  public static TensorEntry bytes(StoredType type, Supplier<ByteBuffer> bytes, long... shape) {
    return new TensorEntry(
        type,
        shape,
        channel -> {
          ByteBuffer content = bytes.get().duplicate();
          int count = content.remaining();
          writeFully(channel, content);
          return count;
        });
  }

  public StoredType type() {
    return type;
  }

  public long[] shape() {
    return shape.clone();
  }

  /** Bytes that the elements take in the file. */
  public long byteCount() {
    return byteCount(type, shape);
  }

  /**
   * Writes the elements.
   *
   * @throws IllegalArgumentException if the supplier gives more or fewer than the shape says
   */
  void writeTo(String name, WritableByteChannel channel) throws IOException {
    long written = elements.writeTo(channel);
    if (written != byteCount()) {
      throw new IllegalArgumentException(
          "tensor '%s': %s %s takes %d bytes but its values take %d"
              .formatted(name, type, Arrays.toString(shape), byteCount(), written));
    }
  }

  /**
   * Bytes that a tensor takes.
   *
   * @throws IllegalArgumentException if an extent is negative or the product is above 2^63 - 1
   */
  static long byteCount(StoredType type, long[] shape) {
    long bytes = type.bytes();
    boolean empty = false;
    for (long extent : shape) {
      if (extent < 0) {
        throw new IllegalArgumentException(
            "shape %s has a negative extent".formatted(Arrays.toString(shape)));
      }
      empty |= extent == 0;
    }
    if (empty) {
      return 0;
    }
    for (long extent : shape) {
      if (extent > Long.MAX_VALUE / bytes) {
        throw new IllegalArgumentException(
            "shape %s of %s takes more than 2^63 bytes".formatted(Arrays.toString(shape), type));
      }
      bytes *= extent;
    }
    return bytes;
  }

  private static long writeFloats(StoredType type, float[] values, WritableByteChannel channel)
      throws IOException {
    int perChunk = CHUNK / type.bytes();
    ByteBuffer chunk = littleEndian(Math.min(perChunk, values.length) * type.bytes());
    for (int from = 0; from < values.length; from += perChunk) {
      int count = Math.min(perChunk, values.length - from);
      chunk.clear().limit(count * type.bytes());
      type.encode(values, from, count, chunk);
      writeFully(channel, chunk);
    }
    return (long) values.length * type.bytes();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
