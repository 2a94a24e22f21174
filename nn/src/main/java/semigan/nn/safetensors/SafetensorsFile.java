package semigan.nn.safetensors;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A safetensors file open for reading. Opening it checks the whole header against the file's length
 * and allocates next to nothing; elements are read when asked for, in pieces if wished. To be used
 * by one thread at a time.
 */
public final class SafetensorsFile implements Closeable {
  static final String METADATA = "__metadata__";

  /** The format's own limit, in bytes. */
  private static final long MAX_HEADER = 100_000_000;

  /** Bytes converted at a time. */
  private static final int CHUNK = 1 << 18;

  private final Path file;
  private final FileChannel channel;
  private final Header header;
  private final long dataStart;
  private final ByteBuffer chunk;

  private SafetensorsFile(Path file, FileChannel channel, Header header, long dataStart) {
    this.file = file;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
    this.chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Opens a file and checks its header, also by its checksum, if it has one.
   *
   * @throws SafetensorsException if the file is missing or anything in its header is wrong
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new SafetensorsException(
          file, Files.exists(file) ? "is not a regular file" : "no such file");
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      long headerBytes = headerLength(file, channel);
      Header header = HeaderParser.parse(file, new HeaderStream(channel, headerBytes));
      long dataStart = Long.BYTES + headerBytes;
      header.check(file, channel.size() - dataStart);
      Checksums.requireHeader(file, header);
      return new SafetensorsFile(file, channel, header, dataStart);
    } catch (Throwable failure) {
      channel.close();
      throw failure;
    }
  }

  /** The tensors' names, in the header's order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(header.tensors().keySet());
  }

  public StoredType type(String name) {
    return tensor(name).type();
  }

  public long[] shape(String name) {
    return tensor(name).shape().clone();
  }

  /** Number of elements; 1 for a tensor without axes. */
  public long elements(String name) {
    return tensor(name).elements();
  }

  /** The file's free text, without its checksums; empty if it has none. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>(header.metadata());
    metadata.keySet().removeAll(List.of(Checksums.ELEMENTS, Checksums.HEADER));
    return Collections.unmodifiableMap(metadata);
  }

  /**
   * Reads every tensor's bytes, if the file has a checksum of them.
   *
   * @throws SafetensorsException if they are others than when they were written
   */
  public void requireWhole() throws IOException {
    String expected = header.metadata().get(Checksums.ELEMENTS);
    if (expected == null) {
      return;
    }
    CRC32C sum = new CRC32C();
    for (long position = dataStart; channel.read(chunk.clear(), position) > 0; ) {
      position += chunk.flip().remaining();
      sum.update(chunk);
    }
    Checksums.require(file, "tensors have", expected, Checksums.text(sum));
  }

  /**
   * All elements of an F32 or BF16 tensor, row-major.
   *
   * @throws IllegalArgumentException if there is no such tensor or it holds integers
   * @throws SafetensorsException if it is longer than an array can be
   */
  public float[] readFloats(String name) throws IOException {
    float[] values = new float[arrayLength(name)];
    readFloats(name, 0, values, 0, values.length);
    return values;
  }

  /**
   * Reads {@code count} elements of an F32 or BF16 tensor, from element {@code from} on, to {@code
   * target[at ..]}.
   *
   * @throws IllegalArgumentException if there is no such tensor or it holds integers
   * @throws IndexOutOfBoundsException if the tensor or {@code target} is shorter than that
   */
  public void readFloats(String name, long from, float[] target, int at, int count)
      throws IOException {
    Header.Tensor tensor = tensor(name);
    StoredType type = tensor.type();
    if (!type.isFloatingPoint()) {
      throw new IllegalArgumentException(
          "%s: tensor '%s' is %s, expected F32 or BF16".formatted(file, name, tensor));
    }
    Objects.checkFromIndexSize(from, (long) count, tensor.elements());
    Objects.checkFromIndexSize(at, count, target.length);
    forEachChunk(name, from, count, (done, n) -> type.decode(chunk, target, at + done, n));
  }

  /**
   * All elements of an I32 tensor, row-major.
   *
   * @throws IllegalArgumentException if there is no such tensor or it is of another type
   */
  public int[] readInts(String name) throws IOException {
    Header.Tensor tensor = tensor(name);
    if (tensor.type() != StoredType.I32) {
      throw new IllegalArgumentException(
          "%s: tensor '%s' is %s, expected I32".formatted(file, name, tensor));
    }
    int[] values = new int[arrayLength(name)];
    forEachChunk(name, 0, values.length, (done, n) -> chunk.asIntBuffer().get(values, done, n));
    return values;
  }

  /**
   * All elements of an I32 or I64 tensor, row-major.
   *
   * @throws IllegalArgumentException if there is no such tensor or it holds no integers
   */
  public long[] readLongs(String name) throws IOException {
    Header.Tensor tensor = tensor(name);
    if (tensor.type() == StoredType.I32) {
      return Arrays.stream(readInts(name)).asLongStream().toArray();
    }
    if (tensor.type() != StoredType.I64) {
      throw new IllegalArgumentException(
          "%s: tensor '%s' is %s, expected I32 or I64".formatted(file, name, tensor));
    }
    long[] values = new long[arrayLength(name)];
    forEachChunk(name, 0, values.length, (done, n) -> chunk.asLongBuffer().get(values, done, n));
    return values;
  }

  private interface ChunkReader {
    /**
     * @param done elements before those in {@code chunk}
     * @param n elements in it
     */
    void take(int done, int n);
  }

  /** Of {@code count} elements from {@code from} on. */
  private void forEachChunk(String name, long from, int count, ChunkReader reader)
      throws IOException {
    Header.Tensor tensor = tensor(name);
    int perChunk = CHUNK / tensor.type().bytes();
    for (int done = 0; done < count; ) {
      int n = Math.min(perChunk, count - done);
      fill(name, tensor, from + done, n);
      reader.take(done, n);
      done += n;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static long headerLength(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new SafetensorsException(
          file, "holds %d bytes, expected 8 or more: not a safetensors file".formatted(size));
    }
    ByteBuffer start = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (start.hasRemaining()) {
      if (channel.read(start, start.position()) < 0) {
        throw new SafetensorsException(file, "became shorter while it was read");
      }
    }
    long length = start.getLong(0);
    if (Long.compareUnsigned(length, MAX_HEADER) > 0 || length > size - Long.BYTES) {
      throw new SafetensorsException(
          file,
          "claims a header of %s bytes but %s; truncated, or not a safetensors file"
              .formatted(
                  Long.toUnsignedString(length),
                  Long.compareUnsigned(length, MAX_HEADER) > 0
                      ? "at most " + MAX_HEADER + " are allowed"
                      : "only " + (size - Long.BYTES) + " follow"));
    }
    return length;
  }

  /** Brings {@code count} elements to the start of {@link #chunk}. */
  private void fill(String name, Header.Tensor tensor, long from, int count) throws IOException {
    int bytes = tensor.type().bytes();
    long position = dataStart + tensor.begin() + from * bytes;
    chunk.clear().limit(count * bytes);
    while (chunk.hasRemaining()) {
      if (channel.read(chunk, position + chunk.position()) < 0) {
        throw new SafetensorsException(
            file, "tensor '%s': the file became shorter while it was read".formatted(name));
      }
    }
    chunk.flip();
  }

  private int arrayLength(String name) throws SafetensorsException {
    long elements = tensor(name).elements();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new SafetensorsException(
          file,
          "tensor '%s' has %d elements, more than an array holds; read it in pieces"
              .formatted(name, elements));
    }
    return (int) elements;
  }

  private Header.Tensor tensor(String name) {
    Header.Tensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "%s: no tensor '%s'; it holds %d others".formatted(file, name, header.tensors().size()));
    }
    return tensor;
  }

  /** The header's bytes, and no more. */
  private static final class HeaderStream extends InputStream {
    private final FileChannel channel;
    private final long end;
    private long position = Long.BYTES;

    HeaderStream(FileChannel channel, long length) {
      this.channel = channel;
      this.end = Long.BYTES + length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int at, int count) throws IOException {
      if (position == end) {
        return -1;
      }
      int n = (int) Math.min(count, end - position);
      int read = channel.read(ByteBuffer.wrap(target, at, n), position);
      if (read > 0) {
        position += read;
      }
      return read;
    }
  }
}
