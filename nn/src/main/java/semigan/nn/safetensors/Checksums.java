package semigan.nn.safetensors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** What a file may say in its metadata about itself, each eight hexadecimal digits of a CRC-32C. */
final class Checksums {
  /** Of all that follows the header. */
  static final String ELEMENTS = "crc32c";

  /**
   * Of all that the header says but this and where tensors lie: tensors in their order, metadata in
   * that of its keys.
   */
  static final String HEADER = "crc32c.header";

  private Checksums() {}

  /**
   * @throws SafetensorsException if the header has a checksum and is another than was written
   */
  static void requireHeader(Path file, Header header) throws SafetensorsException {
    String expected = header.metadata().get(HEADER);
    if (expected == null) {
      return;
    }
    CRC32C sum = new CRC32C();
    header.tensors().forEach((name, tensor) -> add(sum, name, tensor.type(), tensor.shape()));
    require(file, "header has", expected, withMetadata(sum, header.metadata()));
  }

  static String ofHeader(Map<String, TensorEntry> tensors, Map<String, String> metadata) {
    CRC32C sum = new CRC32C();
    tensors.forEach((name, tensor) -> add(sum, name, tensor.type(), tensor.shape()));
    return withMetadata(sum, metadata);
  }

  static void require(Path file, String what, String expected, String found)
      throws SafetensorsException {
    if (!found.equals(expected)) {
      throw new SafetensorsException(
          file,
          "is damaged, or was rewritten by another program: its %s the checksum %s, not %s as when they were written"
              .formatted(what, found, expected));
    }
  }

  static String text(CRC32C sum) {
    return "%08x".formatted(sum.getValue());
  }

  private static String withMetadata(CRC32C sum, Map<String, String> metadata) {
    new TreeMap<>(metadata)
        .forEach(
            (key, value) -> {
              if (!key.equals(HEADER)) {
                add(sum, key);
                add(sum, value);
              }
            });
    return text(sum);
  }

  private static void add(CRC32C sum, String name, StoredType type, long[] shape) {
    add(sum, name);
    add(sum, type.name());
    ByteBuffer sizes = ByteBuffer.allocate((shape.length + 1) * Long.BYTES).putLong(shape.length);
    for (long size : shape) {
      sizes.putLong(size);
    }
    sum.update(sizes.flip());
  }

  /**
   * With its length, so that two texts are not taken for two others that make the same together.
   */
  private static void add(CRC32C sum, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sum.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    sum.update(bytes);
  }
}
