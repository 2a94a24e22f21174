package semigan.nn;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import semigan.kernels.DType;
import semigan.nn.safetensors.SafetensorsException;
import semigan.nn.safetensors.SafetensorsFile;
import semigan.nn.safetensors.SafetensorsWriter;
import semigan.nn.safetensors.StoredType;
import semigan.nn.safetensors.TensorEntry;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

class StateFileTest {
  @RegisterExtension final TestDevice device = new TestDevice();
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("model.safetensors");
  }

  @Test
  void whatWasSavedIsLoaded() throws IOException {
    Tensor weight = device.normal(Shape.of(3, 2));
    Tensor steps = device.labels(7, -1);
    Tensor scalar = device.tensor(Shape.of(), 2.5f);
    StateFile.save(file, state("w", weight, "steps", steps, "s", scalar), Map.of("epoch", "3"));

    Map<String, Tensor> loaded =
        state("w", zeros(3, 2), "steps", device.labels(0, 0), "s", device.tensor(Shape.of(), 0));
    assertEquals(Map.of("epoch", "3"), StateFile.load(file, loaded));
    assertArrayEquals(weight.toFloats(), loaded.get("w").toFloats());
    assertArrayEquals(new int[] {7, -1}, loaded.get("steps").toInts());
    assertEquals(2.5f, loaded.get("s").item());
  }

  @Test
  void theFileKeepsTheOrderOfTheState() throws IOException {
    StateFile.save(file, state("z", zeros(1), "a", zeros(2), "m", zeros(3)), Map.of());
    try (var saved = SafetensorsFile.open(file)) {
      assertEquals(List.of("z", "a", "m"), List.copyOf(saved.names()));
    }
  }

  @Test
  void aNetworkAndItsOptimiserGoThroughAFile() throws IOException {
    Module saved = network();
    Adam optimiser = new Adam(device.backend(), saved.parameters(), Adam.forGans(), 0.1f);
    Tensor x = device.normal(Shape.of(4, 3));
    Tensor loss = Losses.leastSquares(saved.forward(x, Mode.TRAIN_TRACKING), 1);
    optimiser.step(loss.backward(saved.parameters().values()));
    Path moments = folder.resolve("optimiser.safetensors");
    StateFile.save(file, saved.state(), Map.of());
    StateFile.save(moments, optimiser.state(), Map.of());

    Module loaded = network();
    Adam other = new Adam(device.backend(), loaded.parameters(), Adam.forGans(), 0.5f);
    StateFile.load(file, loaded.state());
    StateFile.load(moments, other.state());
    assertArrayEquals(
        saved.forward(x, Mode.EVAL).toFloats(), loaded.forward(x, Mode.EVAL).toFloats());
    other
        .state()
        .forEach(
            (name, tensor) ->
                assertArrayEquals(optimiser.state().get(name).toFloats(), tensor.toFloats(), name));
  }

  @Test
  void aBf16EntryLoadsIntoAnF32Tensor() throws IOException {
    float[] values = {1, -2.5f};
    SafetensorsWriter.write(
        file, Map.of("w", TensorEntry.floats(StoredType.BF16, () -> values, 2)), Map.of());
    Tensor target = zeros(2);
    StateFile.load(file, Map.of("w", target));
    assertArrayEquals(values, target.toFloats());
  }

  @Test
  void aBf16TensorStaysBf16InTheFile() throws IOException {
    StateFile.save(
        file, Map.of("w", Tensor.full(device.backend(), DType.BF16, Shape.of(2), 1.5f)), Map.of());
    try (var saved = SafetensorsFile.open(file)) {
      assertEquals(StoredType.BF16, saved.type("w"));
      assertArrayEquals(new float[] {1.5f, 1.5f}, saved.readFloats("w"));
    }
  }

  @Test
  void anotherShapeIsNamedWithBothAndNothingIsOverwritten() throws IOException {
    StateFile.save(file, state("a", zeros(2), "w", zeros(64, 4, 4, 1)), Map.of());
    Tensor first = device.tensor(Shape.of(2), 5, 6);
    assertRefused(
        state("a", first, "w", zeros(32, 4, 4, 1)),
        "tensor 'w' is F32 [64,4,4,1] in the file but F32 [32,4,4,1] in the model");
    assertArrayEquals(new float[] {5, 6}, first.toFloats());
  }

  @Test
  void theFirstOfSeveralDifferencesIsNamed() throws IOException {
    StateFile.save(file, state("c", zeros(1), "b", zeros(1), "a", zeros(1)), Map.of());
    assertRefused(
        state("c", zeros(1), "b", zeros(2), "a", zeros(3)),
        "tensor 'b' is F32 [1] in the file but F32 [2] in the model");
  }

  @Test
  void theSameNumberOfElementsInAnotherShapeIsRefused() throws IOException {
    StateFile.save(file, state("w", zeros(2, 3)), Map.of());
    assertRefused(state("w", zeros(3, 2)), "is F32 [2,3] in the file but F32 [3,2] in the model");
    assertRefused(state("w", zeros(6)), "is F32 [2,3] in the file but F32 [6] in the model");
  }

  @Test
  void integersAreNotTakenForFloatsNorLongsForInts() throws IOException {
    StateFile.save(file, state("w", device.labels(1, 2)), Map.of());
    assertRefused(state("w", zeros(2)), "is I32 [2] in the file but F32 [2] in the model");
    StateFile.save(file, state("w", zeros(2)), Map.of());
    assertRefused(state("w", device.labels(1, 2)), "is F32 [2] in the file but I32 [2]");
    SafetensorsWriter.write(file, Map.of("w", TensorEntry.i64(new long[] {1, 2}, 2)), Map.of());
    assertRefused(state("w", device.labels(1, 2)), "is I64 [2] in the file but I32 [2]");
  }

  @Test
  void aMissingTensorIsNamedAndNothingIsOverwritten() throws IOException {
    StateFile.save(file, state("a", zeros(2)), Map.of());
    Tensor first = device.tensor(Shape.of(2), 5, 6);
    assertRefused(
        state("a", first, "b", zeros(10, 3)),
        "holds no tensor 'b', which is F32 [10,3] in the model");
    assertArrayEquals(new float[] {5, 6}, first.toFloats());
  }

  @Test
  void anUnexpectedTensorIsNamedAndNothingIsOverwritten() throws IOException {
    StateFile.save(file, state("a", zeros(2), "b", zeros(10, 3)), Map.of());
    Tensor first = device.tensor(Shape.of(2), 5, 6);
    assertRefused(
        state("a", first), "holds a tensor 'b', F32 [10,3], which the model does not have");
    assertArrayEquals(new float[] {5, 6}, first.toFloats());
  }

  @Test
  void doublePrecisionIsNotSavedAndTheOldFileStays() throws IOException {
    StateFile.save(file, state("w", zeros(2)), Map.of());
    byte[] before = Files.readAllBytes(file);
    Tensor exact = Tensor.of(device.backend(), Shape.of(1), 1.0);
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> StateFile.save(file, state("w", zeros(2), "x", exact), Map.of()));
    assertTrue(refusal.getMessage().contains("tensor 'x' is F64"), refusal.getMessage());
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  /** A disk may give back other bytes than it took; files of other programs have no checksum. */
  @Test
  void damagedElementsAreNoticedBeforeAnyIsTaken() throws IOException {
    StateFile.save(file, state("a", zeros(2), "steps", device.labels(1, 2)), Map.of());
    byte[] whole = Files.readAllBytes(file);
    for (int at : new int[] {whole.length - 16, whole.length - 9, whole.length - 1}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      Tensor first = device.tensor(Shape.of(2), 5, 6);
      var state = state("a", first, "steps", device.labels(0, 0));
      var refusal = assertThrows(SafetensorsException.class, () -> StateFile.load(file, state));
      assertTrue(refusal.getMessage().startsWith(file + ": is damaged"), refusal.getMessage());
      assertArrayEquals(new float[] {5, 6}, first.toFloats());
    }
  }

  /**
   * Whatever bit flips: it is never taken for another model's file, nor for what it does not say.
   */
  @Test
  void aDamagedHeaderIsNoticed() throws IOException {
    Map<String, String> metadata = Map.of("model", "28x28", "classes", "bag, coat");
    StateFile.save(file, state("a", zeros(2, 3), "b", zeros(3, 2)), metadata);
    byte[] whole = Files.readAllBytes(file);
    int end = whole.length - 12 * Float.BYTES;
    int harmless = 0;
    for (int bit = 0; bit < 8 * end; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, damaged);
      try {
        Map<String, String> read =
            new TreeMap<>(StateFile.load(file, state("a", zeros(2, 3), "b", zeros(3, 2))));
        read.keySet().removeIf(key -> !metadata.containsKey(key));
        assertEquals(metadata, read, "bit " + bit);
        harmless++;
      } catch (SafetensorsException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
      }
    }
    // The key of the header's own checksum, and blanks that are still blanks.
    assertTrue(harmless < 8 * "crc32c.header".length() + 8, harmless + " bits");
  }

  /** Check value of CRC-32C: RFC 3720, appendix B.4, 32 bytes of zeros. */
  @Test
  void theChecksumIsThatOfTheElements() throws IOException {
    StateFile.save(file, state("a", zeros(3), "b", zeros(5)), Map.of());
    assertTrue(Files.readString(file, ISO_8859_1).contains("\"crc32c\":\"8a9136aa\""));
    assertEquals(Map.of(), StateFile.load(file, state("a", zeros(3), "b", zeros(5))));
  }

  @Test
  void aMissingFileIsNoStateException() {
    assertThrows(SafetensorsException.class, () -> StateFile.load(file, Map.of()));
  }

  private void assertRefused(Map<String, Tensor> state, String difference) {
    var refusal = assertThrows(StateException.class, () -> StateFile.load(file, state));
    assertTrue(refusal.getMessage().startsWith(file + ": "), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(difference), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("another architecture"), refusal.getMessage());
  }

  private Module network() {
    return new Sequential(
        new Dense(3, 5, true, Initialiser.glorot(), device.draws()),
        new BatchNorm(5, device.backend()),
        Layer.relu(),
        new WeightNorm(new Dense(5, 2, true, Initialiser.glorot(), device.draws()), false, 1));
  }

  private Tensor zeros(int... sizes) {
    return Tensor.zeros(device.backend(), DType.F32, Shape.of(sizes));
  }

  private static Map<String, Tensor> state(Object... namesAndTensors) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTensors.length; i += 2) {
      state.put((String) namesAndTensors[i], (Tensor) namesAndTensors[i + 1]);
    }
    return state;
  }
}
