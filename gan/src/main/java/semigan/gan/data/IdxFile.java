package semigan.gan.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import semigan.gan.store.StoreException;

/**
 * Reads the IDX files of MNIST and Fashion-MNIST (format: the foot of
 * http://yann.lecun.com/exdb/mnist), packed by gzip or not, in one pass. What a header claims is
 * compared with what the file can hold before memory is asked for. Offsets in messages count
 * unpacked bytes.
 */
final class IdxFile implements AutoCloseable {
  /** Sizes of [images, rows, columns] and the pixels, one array for each image. */
  record Images(int height, int width, byte[][] pixels) {}

  private static final int IMAGES_MAGIC = 0x00000803; // unsigned bytes, three axes
  private static final int LABELS_MAGIC = 0x00000801; // unsigned bytes, one axis
  private static final int MAX_SIDE = 4096;

  /**
   * No gzip file unpacks to more than this many times its length (RFC 1951: 258 bytes in 2 bits).
   */
  private static final long MAX_GZIP_RATIO = 1032;

  private final Path file;
  private final InputStream in;
  private final boolean packed;
  private final long fileLength;
  private long offset;

  private IdxFile(Path file) throws IOException {
    this.file = file;
    this.fileLength = Files.size(file);
    this.packed = isGzip(file);
    InputStream raw = Files.newInputStream(file);
    try {
      this.in = packed ? new GZIPInputStream(raw, 1 << 16) : new BufferedInputStream(raw, 1 << 16);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /** Reads a file of images, magic number 0x00000803. */
  static Images readImages(Path file) {
    return read(file, IdxFile::images);
  }

  /** Reads a file of labels, magic number 0x00000801. */
  static byte[] readLabels(Path file) {
    return read(file, IdxFile::labels);
  }

  private interface Reading<T> {
    T from(IdxFile idx) throws IOException;
  }

  private static <T> T read(Path file, Reading<T> reading) {
    try (IdxFile idx = new IdxFile(file)) {
      return reading.from(idx);
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file", e);
    } catch (EOFException e) {
      throw new DataException(file + ": truncated within its gzip header; fetch it again", e);
    } catch (IOException e) {
      throw new DataException(
          "%s: cannot be read: %s".formatted(file, StoreException.reason(e)), e);
    }
  }

  private static boolean isGzip(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == 0x1f && in.read() == 0x8b;
    }
  }

  private Images images() throws IOException {
    checkMagic(IMAGES_MAGIC);
    long count = size("number of images", Integer.MAX_VALUE);
    int height = (int) size("number of rows", MAX_SIDE);
    int width = (int) size("number of columns", MAX_SIDE);
    int imageLength = height * width;
    checkClaim(count, imageLength);
    byte[][] pixels = new byte[(int) Math.min(count, 1 << 16)][];
    for (int i = 0; i < count; i++) {
      if (i == pixels.length) {
        pixels = Arrays.copyOf(pixels, (int) Math.min(count, 2L * i));
      }
      pixels[i] = bytes(imageLength, offset + (count - i) * imageLength);
    }
    checkEnd();
    return new Images(height, width, pixels);
  }

  private byte[] labels() throws IOException {
    checkMagic(LABELS_MAGIC);
    long count = size("number of labels", Integer.MAX_VALUE - 8);
    checkClaim(count, 1);
    byte[] labels = bytes((int) count, offset + count);
    checkEnd();
    return labels;
  }

  private void checkMagic(int expected) throws IOException {
    int magic = number("magic number");
    if (magic == expected) {
      return;
    }
    String found =
        switch (magic) {
          case LABELS_MAGIC -> "is a file of labels (magic number 0x00000801)";
          case IMAGES_MAGIC -> "is a file of images (magic number 0x00000803)";
          default -> "begins with magic number 0x%08x".formatted(magic);
        };
    String wanted = expected == IMAGES_MAGIC ? "images (0x00000803)" : "labels (0x00000801)";
    boolean exchanged = magic == LABELS_MAGIC || magic == IMAGES_MAGIC;
    throw new DataException(
        "%s: at offset 0: %s, expected %s; %s"
            .formatted(
                file,
                found,
                wanted,
                exchanged ? "were the two files exchanged?" : "it is no IDX file of this kind"));
  }

  /** Reads one of the header's sizes, an unsigned number of 32 bits. */
  private long size(String what, long most) throws IOException {
    long at = offset;
    long value = number(what) & 0xffff_ffffL;
    if (value < 1 || value > most) {
      throw new DataException(
          "%s: at offset %d: %s is %d, expected 1 to %d".formatted(file, at, what, value, most));
    }
    return value;
  }

  /** Compares the bytes that the header claims with what a file of this length can hold. */
  private void checkClaim(long count, int itemLength) {
    long claimed = offset + count * itemLength;
    long most = packed ? fileLength * MAX_GZIP_RATIO : fileLength;
    if (claimed > most) {
      throw new DataException(
          "%s: the header claims %d items of %d bytes, so %d bytes in all, but the file's %d bytes%s"
                  .formatted(
                      file,
                      count,
                      itemLength,
                      claimed,
                      fileLength,
                      packed ? " cannot unpack to more than " + most : " end at offset " + most)
              + "; truncated or corrupt, fetch it again");
    }
  }

  private int number(String what) throws IOException {
    byte[] b = new byte[4];
    int read = fill(b);
    if (read < b.length) {
      throw new DataException(
          "%s: truncated at offset %d: expected the %s, found the end of the file"
              .formatted(file, offset, what));
    }
    return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | b[3] & 0xff;
  }

  private byte[] bytes(int count, long expectedEnd) throws IOException {
    byte[] bytes = new byte[count];
    if (fill(bytes) < count) {
      throw new DataException(
          "%s: truncated at offset %d: expected %d bytes, found %d; fetch it again"
              .formatted(file, offset, expectedEnd, offset));
    }
    return bytes;
  }

  /** Reads until the array is full or the file ends, and returns how much was read. */
  private int fill(byte[] target) throws IOException {
    int filled = 0;
    try {
      while (filled < target.length) {
        int read = in.read(target, filled, target.length - filled);
        if (read < 0) {
          break;
        }
        filled += read;
      }
    } catch (EOFException e) {
      // A gzip stream that stops short says so this way, after all that it still gave.
    } catch (ZipException e) {
      throw new DataException(
          "%s: corrupt gzip data after offset %d (%s); fetch it again"
              .formatted(file, offset + filled, e.getMessage()),
          e);
    }
    offset += filled;
    return filled;
  }

  private void checkEnd() throws IOException {
    if (fill(new byte[1]) > 0) {
      throw new DataException(
          "%s: expected the end of the file at offset %d, found more bytes; the header's sizes or"
                  .formatted(file, offset - 1)
              + " the data are corrupt");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
