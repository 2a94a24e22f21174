package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetsTest {
  @TempDir Path temporary;
  private DataOptions options;

  /** A machine with no data anywhere. */
  @BeforeEach
  void anEmptyMachine() {
    options =
        DataOptions.defaults()
            .withEnvironment(Map.of())
            .withHome(temporary.resolve("home"))
            .withSystemData(temporary.resolve("system"));
  }

  private Optional<Path> locationOf(String name) {
    return DataSets.list(options).stream()
        .filter(info -> info.name().equals(name))
        .findFirst()
        .orElseThrow()
        .location();
  }

  private String refusal(String name) {
    return assertThrows(DataException.class, () -> DataSets.open(name, options)).getMessage();
  }

  @Test
  void glyphsNeedNoFiles() {
    assertEquals(20_000, DataSets.open("glyphs", options).train().size());
  }

  @Test
  void earlierPlacesComeBeforeLaterOnes() throws IOException {
    Path system = IdxWriter.dataSet(temporary.resolve("system/fashion-mnist"));
    assertEquals(Optional.of(system), locationOf("fashion-mnist"));
    assertEquals("bag", DataSets.open("fashion-mnist", options).train().classNames().get(8));

    Path cache = IdxWriter.dataSet(temporary.resolve("home/.cache/semigan/fashion-mnist"));
    assertEquals(Optional.of(cache), locationOf("fashion-mnist"));

    Path variable = IdxWriter.dataSet(temporary.resolve("variable/fashion-mnist"));
    options = options.withEnvironment(Map.of("SEMIGAN_DATA", variable.getParent().toString()));
    assertEquals(Optional.of(variable), locationOf("fashion-mnist"));

    Path given = IdxWriter.dataSet(temporary.resolve("given"));
    options = options.withDirectory(given);
    assertEquals(Optional.of(given), locationOf("fashion-mnist"));

    Path named = IdxWriter.dataSet(temporary.resolve("given/fashion-mnist"));
    assertEquals(Optional.of(named), locationOf("fashion-mnist"));
  }

  @Test
  void aWholeDataSetIsTakenBeforeOneWithAFileMissing() throws IOException {
    Files.delete(IdxWriter.dataSet(temporary.resolve("given")).resolve(IdxWriter.TRAIN_LABELS));
    options = options.withDirectory(temporary.resolve("given"));
    assertTrue(refusal("mnist").contains("train-labels-idx1-ubyte is missing"));
    IdxWriter.dataSet(temporary.resolve("home/.cache/semigan/mnist"));
    assertEquals(20, DataSets.open("mnist", options).train().size());
  }

  @Test
  void oneDataSetsFilesAreNotAnothers() throws IOException {
    IdxWriter.dataSet(temporary.resolve("system/fashion-mnist"));
    IdxWriter.dataSet(temporary.resolve("system/mnist"));
    assertTrue(locationOf("mnist").isEmpty(), "no package puts MNIST there");
  }

  /** The files have the same names; a folder that is not called after its data does not tell. */
  @Test
  void filesThatAreKnownToBeAnotherDataSetsAreRefused() throws IOException {
    Path given = IdxWriter.dataSet(temporary.resolve("given"));
    options = options.withDirectory(given);
    writeTestLabels(given, "7210414959069015973496654074013134");
    assertEquals(34, DataSets.open("mnist", options).test().size());
    assertEquals(
        given
            + " holds mnist, as its test labels show, and not fashion-mnist; name a directory of fashion-mnist with --data-dir DIR or SEMIGAN_DATA=DIR",
        refusal("fashion-mnist"));
    writeTestLabels(given, "9211614657457341248025791460933333");
    assertEquals(34, DataSets.open("fashion-mnist", options).test().size());
    assertTrue(refusal("mnist").contains(given + " holds fashion-mnist"));
    assertTrue(locationOf("mnist").isEmpty());
    Path own = IdxWriter.dataSet(temporary.resolve("home/.cache/semigan/mnist"));
    assertEquals(20, DataSets.open("mnist", options).train().size());
    assertEquals(own, locationOf("mnist").orElseThrow(), "later, but its own");
    writeTestLabels(given, "9211614657");
    assertEquals(10, DataSets.open("mnist", options).test().size(), "too few to tell");
  }

  private static void writeTestLabels(Path directory, String labels) throws IOException {
    byte[] file = IdxWriter.labels(labels.length());
    for (int i = 0; i < labels.length(); i++) {
      file[8 + i] = (byte) (labels.charAt(i) - '0');
    }
    Files.write(directory.resolve(IdxWriter.TEST_LABELS), file);
    Files.write(directory.resolve(IdxWriter.TEST_IMAGES), IdxWriter.images(labels.length()));
  }

  @Test
  void missingDataNamesEveryPlaceAndTheWaysToGetIt() {
    options =
        options
            .withDirectory(temporary)
            .withEnvironment(Map.of("SEMIGAN_DATA", temporary.resolve("variable").toString()));
    String message = refusal("fashion-mnist");
    for (Path place :
        List.of(
            temporary,
            temporary.resolve("fashion-mnist"),
            temporary.resolve("variable"),
            temporary.resolve("variable/fashion-mnist"),
            temporary.resolve("home/.cache/semigan/fashion-mnist"),
            temporary.resolve("system/fashion-mnist"))) {
      assertTrue(message.matches(".* " + place + "[,;].*"), place + " in: " + message);
    }
    assertTrue(message.contains("apt-get install dataset-fashion-mnist"), message);
    assertTrue(message.contains("put train-images-idx3-ubyte, "), message);
    assertFalse(refusal("mnist").contains("apt-get"), "no package has it");
  }

  @Test
  void aDataDirectoryThatIsNoneIsSaidSoEvenIfTheDataIsElsewhere() throws IOException {
    IdxWriter.dataSet(temporary.resolve("system/fashion-mnist"));
    options = options.withDirectory(temporary.resolve("tpyo"));
    String message = refusal("fashion-mnist");
    assertTrue(
        message.startsWith("--data-dir " + temporary.resolve("tpyo") + " is no directory"),
        message);
  }

  @Test
  void anUnknownNameSaysWhatThereIs() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> DataSets.open("cifar", options))
            .getMessage();
    assertTrue(message.contains("'cifar'"), message);
    assertTrue(message.contains("glyphs, mnist, fashion-mnist"), message);
    assertTrue(message.contains(Path.of("cifar").toAbsolutePath().toString()), message);
  }

  @Test
  void theListTellsWhatIsAtHandAndHowToGetTheRest() throws IOException {
    IdxWriter.dataSet(temporary.resolve("home/.cache/semigan/mnist"));
    Files.delete(
        IdxWriter.dataSet(temporary.resolve("system/fashion-mnist"))
            .resolve(IdxWriter.TEST_IMAGES));
    List<DataSetInfo> list = DataSets.list(options);
    assertEquals(
        List.of("glyphs", "mnist", "fashion-mnist"), list.stream().map(DataSetInfo::name).toList());
    assertEquals(List.of(true, true, false), list.stream().map(DataSetInfo::available).toList());
    assertTrue(list.get(2).howToGet().startsWith("apt-get install dataset-fashion-mnist, or put"));
  }

  @Test
  void imageSizesAndChannelsOutsideTheirRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> options.withImageSize(0));
    assertThrows(IllegalArgumentException.class, () -> options.withImageSize(-32));
    assertThrows(IllegalArgumentException.class, () -> options.withImageChannels(2));
  }
}
