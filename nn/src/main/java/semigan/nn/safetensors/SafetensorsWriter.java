package semigan.nn.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/** Writes safetensors files. */
public final class SafetensorsWriter {
  /** Tensors begin at a multiple of this many bytes, as the format's own writer does it. */
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /**
   * Writes {@code tensors} in the map's order, replacing {@code file} atomically.
   *
   * @param metadata free text beside the tensors; may be empty
   * @throws IllegalArgumentException if a tensor's values do not fit its shape, or its name is
   *     {@code __metadata__}
   * @throws IOException if the file cannot be written whole; an earlier file is then untouched
   */
  public static void write(
      Path file, Map<String, TensorEntry> tensors, Map<String, String> metadata)
      throws IOException {
    byte[] header = header(tensors, metadata);
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length);
          start.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).flip();
          AtomicFile.writeFully(channel, start);
          for (var tensor : tensors.entrySet()) {
            tensor.getValue().writeTo(tensor.getKey(), channel);
          }
        });
  }

  /**
   * As {@link #write}, with checksums in the metadata, by which {@link SafetensorsFile} tells a
   * damaged file. Suppliers are asked twice.
   */
  public static void writeChecked(
      Path file, Map<String, TensorEntry> tensors, Map<String, String> metadata)
      throws IOException {
    Map<String, String> checked = new LinkedHashMap<>(metadata);
    checked.put(Checksums.ELEMENTS, ofElements(tensors));
    checked.put(Checksums.HEADER, Checksums.ofHeader(tensors, checked));
    write(file, tensors, checked);
  }

  private static String ofElements(Map<String, TensorEntry> tensors) {
    CRC32C sum = new CRC32C();
    try (WritableByteChannel channel =
        Channels.newChannel(new CheckedOutputStream(OutputStream.nullOutputStream(), sum))) {
      for (var tensor : tensors.entrySet()) {
        tensor.getValue().writeTo(tensor.getKey(), channel);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is written anywhere
    }
    return Checksums.text(sum);
  }

  private static byte[] header(Map<String, TensorEntry> tensors, Map<String, String> metadata)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(SafetensorsFile.METADATA);
        for (var entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long begin = 0;
      for (var tensor : tensors.entrySet()) {
        long end = Math.addExact(begin, tensor.getValue().byteCount());
        writeTensor(json, tensor.getKey(), tensor.getValue(), begin, end);
        begin = end;
      }
      json.writeEndObject();
    }
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }

  private static void writeTensor(
      JsonGenerator json, String name, TensorEntry tensor, long begin, long end)
      throws IOException {
    if (name.equals(SafetensorsFile.METADATA)) {
      throw new IllegalArgumentException(
          "a tensor cannot be called " + name + ": the format keeps that name for the metadata");
    }
    long[] shape = tensor.shape();
    json.writeObjectFieldStart(name);
    json.writeStringField("dtype", tensor.type().name());
    json.writeFieldName("shape");
    json.writeArray(shape, 0, shape.length);
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {begin, end}, 0, 2);
    json.writeEndObject();
  }
}
