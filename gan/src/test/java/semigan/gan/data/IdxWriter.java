package semigan.gan.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/** Writes small IDX files for tests. */
final class IdxWriter {
  static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

  private IdxWriter() {}

  /** Ten images of 2x3 whose pixel p of image i is 10 i + p. */
  static byte[] images(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(16 + count * 6);
    bytes.putInt(0x803).putInt(count).putInt(2).putInt(3);
    for (int i = 0; i < count; i++) {
      for (int p = 0; p < 6; p++) {
        bytes.put((byte) (10 * i + p));
      }
    }
    return bytes.array();
  }

  /** Labels 0, 1, ... 9, 0, ... */
  static byte[] labels(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + count);
    bytes.putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      bytes.put((byte) (i % 10));
    }
    return bytes.array();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  /** Twenty images to learn from and ten to measure with, unpacked. */
  static Path dataSet(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.write(directory.resolve(TRAIN_IMAGES), images(20));
    Files.write(directory.resolve(TRAIN_LABELS), labels(20));
    Files.write(directory.resolve(TEST_IMAGES), images(10));
    Files.write(directory.resolve(TEST_LABELS), labels(10));
    return directory;
  }

  /** The same, each file packed and named as {@code rename} says of the plain name. */
  static Path packedDataSet(Path directory, UnaryOperator<String> rename) throws IOException {
    dataSet(directory);
    for (String file : List.of(TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)) {
      Path plain = directory.resolve(file);
      Files.write(directory.resolve(rename.apply(file)), gzip(Files.readAllBytes(plain)));
      Files.delete(plain);
    }
    return directory;
  }
}
