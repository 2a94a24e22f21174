package semigan.nn.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
  @TempDir Path folder;

  @Test
  void whatWasWrittenIsReadBack() throws IOException {
    Path file = folder.resolve("model.safetensors");
    float[] weights = random(6 * 70_000);
    var tensors = new LinkedHashMap<String, TensorEntry>();
    tensors.put("z.weight", TensorEntry.f32(weights, 6, 70_000));
    tensors.put("größe \"q\"", TensorEntry.i32(new int[] {-1, 7}, 2));
    tensors.put("steps", TensorEntry.i64(new long[] {1L << 40}));
    tensors.put("empty", TensorEntry.f32(new float[0], 3, 0));
    SafetensorsWriter.write(file, tensors, Map.of("model", "dcgan"));

    try (var read = SafetensorsFile.open(file)) {
      assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.names()));
      assertEquals(Map.of("model", "dcgan"), read.metadata());
      assertArrayEquals(new long[] {6, 70_000}, read.shape("z.weight"));
      assertEquals(StoredType.F32, read.type("z.weight"));
      assertArrayEquals(weights, read.readFloats("z.weight"));
      assertArrayEquals(new long[] {-1, 7}, read.readLongs("größe \"q\""));
      assertArrayEquals(new int[] {-1, 7}, read.readInts("größe \"q\""));
      assertArrayEquals(new long[] {1L << 40}, read.readLongs("steps"));
      assertEquals(1, read.elements("steps"));
      assertEquals(0, read.readFloats("empty").length);
    }
  }

  @Test
  void aPieceOfATensorIsReadIntoAPieceOfAnArray() throws IOException {
    Path file = write(Map.of("w", TensorEntry.f32(new float[] {1, 2, 3, 4}, 4)));
    try (var read = SafetensorsFile.open(file)) {
      float[] target = {9, 9, 9, 9};
      read.readFloats("w", 1, target, 2, 2);
      assertArrayEquals(new float[] {9, 9, 2, 3}, target);
      assertThrows(IndexOutOfBoundsException.class, () -> read.readFloats("w", 3, target, 0, 2));
    }
  }

  @Test
  void bf16RoundsToNearestEvenAndKeepsInfinityAndNaN() throws IOException {
    float[] values = {
      1f,
      -2.5f,
      1 + 1f / 256,
      1 + 3f / 256,
      Float.MAX_VALUE,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
      Float.intBitsToFloat(0x7f800001)
    };
    float[] expected = {
      1f,
      -2.5f,
      1f,
      1 + 4f / 256,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
      Float.NaN
    };
    Path file = write(Map.of("w", TensorEntry.floats(StoredType.BF16, () -> values, 2, 4)));
    try (var read = SafetensorsFile.open(file)) {
      assertArrayEquals(expected, read.readFloats("w"));
    }
    assertEquals(0, (Files.size(file) - 2 * values.length) % 8, "the data begins aligned");
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Path file = write(Map.of("w", TensorEntry.f32(new float[] {1.5f}, 1)));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) bytes.getLong();
    assertEquals(0, header % 8);
    String json = new String(bytes.array(), 8, header, StandardCharsets.UTF_8);
    assertEquals("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", json.strip());
    assertEquals(1.5f, bytes.getFloat(8 + header));
    assertEquals(8 + header + 4, bytes.capacity());
  }

  @Test
  void readingTheWrongTensorSaysWhich() throws IOException {
    Path file = write(Map.of("label", TensorEntry.i32(new int[] {3}, 1)));
    try (var read = SafetensorsFile.open(file)) {
      var missing = assertThrows(IllegalArgumentException.class, () -> read.shape("w"));
      assertTrue(missing.getMessage().contains("no tensor 'w'"), missing.getMessage());
      var integers = assertThrows(IllegalArgumentException.class, () -> read.readFloats("label"));
      assertTrue(
          integers.getMessage().contains("'label' is I32 [1], expected F32"),
          integers.getMessage());
    }
  }

  @Test
  void aFileThatShrinksWhileOpenIsAnErrorNotGarbage() throws IOException {
    Path file = write(Map.of("w", TensorEntry.f32(new float[1000], 1000)));
    try (var read = SafetensorsFile.open(file)) {
      Files.write(file, new byte[500]);
      assertThrows(SafetensorsException.class, () -> read.readFloats("w"));
    }
  }

  private static float[] random(int count) {
    var random = new Random(1);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private Path write(Map<String, TensorEntry> tensors) throws IOException {
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(file, tensors, Map.of());
    return file;
  }
}
