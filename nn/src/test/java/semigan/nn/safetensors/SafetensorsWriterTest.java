package semigan.nn.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir Path folder;

  @Test
  void aFailureHalfwayLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(file, Map.of("w", TensorEntry.f32(new float[] {1}, 1)), Map.of());
    byte[] before = Files.readAllBytes(file);

    var tensors = new LinkedHashMap<String, TensorEntry>();
    tensors.put("first", TensorEntry.f32(new float[100_000], 100_000));
    tensors.put(
        "second",
        TensorEntry.floats(
            StoredType.F32,
            () -> {
              throw new IllegalStateException("the device is gone");
            },
            5));
    assertThrows(
        IllegalStateException.class, () -> SafetensorsWriter.write(file, tensors, Map.of()));

    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(List.of(file), filesIn(folder));
  }

  @Test
  void aFullDiskIsNamedAndLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Files.writeString(file, "old");
    var e =
        assertThrows(
            FileSystemException.class,
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      AtomicFile.writeFully(channel, ByteBuffer.allocate(100));
                      throw new IOException("No space left on device");
                    }));
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), filesIn(folder));
  }

  @Test
  void anInterruptionIsNamed() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Thread.currentThread().interrupt();
    try {
      var e =
          assertThrows(
              FileSystemException.class, () -> SafetensorsWriter.write(file, Map.of(), Map.of()));
      assertTrue(e.getMessage().contains("the thread was interrupted"), e.getMessage());
    } finally {
      Thread.interrupted();
    }
    assertEquals(List.of(), filesIn(folder));
  }

  @Test
  void aFolderThatIsMissingOrAFileIsNamed() throws IOException {
    Path missing = folder.resolve("nowhere").resolve("m.safetensors");
    var e =
        assertThrows(IOException.class, () -> SafetensorsWriter.write(missing, Map.of(), Map.of()));
    assertTrue(e.getMessage().startsWith(missing.toString()), e.getMessage());
    assertTrue(e.getMessage().contains("folder does not exist"), e.getMessage());

    Path file = Files.writeString(folder.resolve("file"), "x");
    var under = file.resolve("m.safetensors");
    assertThrows(IOException.class, () -> SafetensorsWriter.write(under, Map.of(), Map.of()));
    var onto =
        assertThrows(IOException.class, () -> SafetensorsWriter.write(folder, Map.of(), Map.of()));
    assertTrue(onto.getMessage().contains("it is a folder"), onto.getMessage());
  }

  @Test
  void valuesThatDoNotFitTheirShapeAreRefused() {
    Path file = folder.resolve("model.safetensors");
    var tensors = Map.of("w", TensorEntry.f32(new float[5], 2, 3));
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> SafetensorsWriter.write(file, tensors, Map.of()));
    assertEquals("tensor 'w': F32 [2, 3] takes 24 bytes but its values take 20", e.getMessage());
    assertTrue(Files.notExists(file));
    assertThrows(IllegalArgumentException.class, () -> TensorEntry.f32(new float[1], -1));
    assertThrows(
        IllegalArgumentException.class, () -> TensorEntry.f32(new float[1], 1L << 32, 1L << 32));
  }

  @Test
  void aTensorIsAskedForOnlyWhenItsTurnComes() throws IOException {
    int[] alive = {0};
    var tensors = new LinkedHashMap<String, TensorEntry>();
    for (int i = 0; i < 3; i++) {
      int turn = i;
      tensors.put(
          "w" + i,
          TensorEntry.floats(
              StoredType.F32,
              () -> {
                assertEquals(turn, alive[0]++);
                return new float[] {turn};
              },
              1));
    }
    SafetensorsWriter.write(folder.resolve("m"), tensors, Map.of());
    assertEquals(3, alive[0]);
  }

  @Test
  void theMetadataNameIsReserved() {
    var tensors = Map.of("__metadata__", TensorEntry.f32(new float[1], 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> SafetensorsWriter.write(folder.resolve("m"), tensors, Map.of()));
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}
