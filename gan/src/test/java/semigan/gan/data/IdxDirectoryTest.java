package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxDirectoryTest {
  @TempDir Path directory;

  @BeforeEach
  void aSoundDataSet() throws IOException {
    IdxWriter.dataSet(directory);
  }

  private DataSplit open() {
    return DataSets.open(directory.toString(), DataOptions.defaults());
  }

  private void write(String file, byte[] bytes) throws IOException {
    Files.write(directory.resolve(file), bytes);
  }

  private void assertRefused(String file, String... said) {
    DataException refusal = assertThrows(DataException.class, this::open);
    String message = refusal.getMessage();
    assertTrue(message.contains(directory.resolve(file).toString()), message);
    for (String part : said) {
      assertTrue(message.contains(part), "'" + part + "' in: " + message);
    }
  }

  /** A header that claims three sizes, and then {@code body} bytes of zero. */
  private static byte[] claiming(int magic, int count, int rows, int columns, int body) {
    ByteBuffer bytes = ByteBuffer.allocate(16 + body);
    return bytes.putInt(magic).putInt(count).putInt(rows).putInt(columns).array();
  }

  @Test
  void imagesAndLabelsAreRead() {
    DataSplit split = open();
    ImageDataset train = split.train();
    assertEquals(
        List.of(20, 2, 3, 1),
        List.of(train.size(), train.height(), train.width(), train.channels()));
    assertEquals(10, split.test().size());
    assertEquals(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), train.classNames());
    assertEquals(2, train.label(12));
    float[] target = new float[8];
    train.read(12, target, 1);
    float[] expected = {0, 120, 121, 122, 123, 124, 125, 0};
    for (int i = 1; i <= 6; i++) {
      expected[i] = expected[i] / 127.5f - 1;
    }
    assertArrayEquals(expected, target, 1e-6f);
  }

  @Test
  void packedFilesOfEitherSpellingAreRead() throws IOException {
    for (String dot : List.of("-idx", ".idx")) {
      Path packed = directory.resolve("packed" + dot);
      IdxWriter.packedDataSet(packed, file -> file.replace("-idx", dot) + ".gz");
      assertEquals(3, DataSets.open(packed.toString(), DataOptions.defaults()).train().label(13));
    }
  }

  @Test
  void aTruncatedFileIsRefusedWithWhereItEnds() throws IOException {
    write(IdxWriter.TRAIN_IMAGES, Arrays.copyOf(IdxWriter.images(20), 100));
    assertRefused(IdxWriter.TRAIN_IMAGES, "136 bytes", "end at offset 100", "truncated");
    write(IdxWriter.TRAIN_IMAGES, Arrays.copyOf(IdxWriter.images(20), 10));
    assertRefused(IdxWriter.TRAIN_IMAGES, "truncated at offset 10", "number of rows");
    write(IdxWriter.TRAIN_IMAGES, new byte[0]);
    assertRefused(IdxWriter.TRAIN_IMAGES, "truncated at offset 0", "magic number");
  }

  @Test
  void aPackedFileThatStopsShortIsRefused() throws IOException {
    byte[] packed = IdxWriter.gzip(IdxWriter.images(20));
    write(IdxWriter.TRAIN_IMAGES, Arrays.copyOf(packed, packed.length - 40));
    assertRefused(IdxWriter.TRAIN_IMAGES, "truncated at offset ", "expected 136 bytes, found ");
    write(IdxWriter.TRAIN_IMAGES, Arrays.copyOf(packed, 6));
    assertRefused(IdxWriter.TRAIN_IMAGES, "truncated within its gzip header");
    write(IdxWriter.TRAIN_IMAGES, IdxWriter.gzip(Arrays.copyOf(IdxWriter.images(20), 100)));
    assertRefused(IdxWriter.TRAIN_IMAGES, "truncated at offset 100", "expected 136 bytes");
  }

  @Test
  void damageWithinAPackedFileIsRefused() throws IOException {
    byte[] packed = IdxWriter.gzip(IdxWriter.images(20));
    packed[packed.length - 6] ^= 0x55; // in the checksum
    write(IdxWriter.TRAIN_IMAGES, packed);
    assertRefused(IdxWriter.TRAIN_IMAGES, "corrupt gzip data");
    packed = IdxWriter.gzip(IdxWriter.images(20));
    packed[10] = (byte) 0xff; // no such kind of deflate block
    write(IdxWriter.TRAIN_IMAGES, packed);
    assertRefused(IdxWriter.TRAIN_IMAGES, "corrupt gzip data");
  }

  @Test
  void bytesAfterTheEndAreRefused() throws IOException {
    write(IdxWriter.TEST_IMAGES, Arrays.copyOf(IdxWriter.images(10), 77));
    assertRefused(IdxWriter.TEST_IMAGES, "expected the end of the file at offset 76");
  }

  @Test
  void labelsInPlaceOfImagesAreNamed() throws IOException {
    write(IdxWriter.TRAIN_IMAGES, IdxWriter.labels(20));
    assertRefused(
        IdxWriter.TRAIN_IMAGES,
        "at offset 0",
        "is a file of labels",
        "expected images",
        "exchanged");
    write(IdxWriter.TRAIN_IMAGES, IdxWriter.images(20));
    write(IdxWriter.TEST_LABELS, IdxWriter.images(10));
    assertRefused(IdxWriter.TEST_LABELS, "is a file of images", "expected labels");
  }

  @Test
  void anotherMagicNumberIsRefused() throws IOException {
    write(IdxWriter.TRAIN_IMAGES, claiming(0x00000d03, 1, 2, 3, 6));
    assertRefused(IdxWriter.TRAIN_IMAGES, "0x00000d03", "expected images (0x00000803)");
  }

  @Test
  void aCountThatDiffersFromTheLabelsIsRefused() throws IOException {
    write(IdxWriter.TRAIN_LABELS, IdxWriter.labels(19));
    assertRefused(IdxWriter.TRAIN_LABELS, "holds 20 images", "holds 19 labels");
  }

  @Test
  void aLabelOutsideTheClassesIsRefused() throws IOException {
    byte[] labels = IdxWriter.labels(10);
    labels[8 + 4] = 11;
    write(IdxWriter.TEST_LABELS, labels);
    assertRefused(IdxWriter.TEST_LABELS, "label at offset 12 is 11, expected 0 to 9");
  }

  @Test
  void zeroSizesAreRefused() throws IOException {
    write(IdxWriter.TRAIN_IMAGES, claiming(0x803, 0, 28, 28, 0));
    assertRefused(IdxWriter.TRAIN_IMAGES, "at offset 4: number of images is 0");
    write(IdxWriter.TRAIN_IMAGES, claiming(0x803, 1, 0, 28, 0));
    assertRefused(IdxWriter.TRAIN_IMAGES, "at offset 8: number of rows is 0");
  }

  @Test
  void aBoastfulHeaderIsRefusedWithoutTheMemoryItAsksFor() throws IOException {
    write(IdxWriter.TRAIN_IMAGES, claiming(0x803, -1, 28, 28, 100));
    assertRefused(IdxWriter.TRAIN_IMAGES, "number of images is 4294967295");
    write(IdxWriter.TRAIN_IMAGES, claiming(0x803, 1, 1 << 30, 1 << 30, 100));
    assertRefused(IdxWriter.TRAIN_IMAGES, "number of rows is 1073741824, expected 1 to 4096");
    byte[] boast = claiming(0x803, Integer.MAX_VALUE, 4096, 4096, 100);
    write(IdxWriter.TRAIN_IMAGES, boast);
    assertRefused(IdxWriter.TRAIN_IMAGES, "claims 2147483647 items of 16777216 bytes");
    write(IdxWriter.TRAIN_IMAGES, IdxWriter.gzip(boast));
    assertRefused(IdxWriter.TRAIN_IMAGES, "cannot unpack to more than");
    byte[] labels = ByteBuffer.allocate(18).putInt(0x801).putInt(0x7000_0000).array();
    write(IdxWriter.TRAIN_IMAGES, IdxWriter.images(20));
    write(IdxWriter.TRAIN_LABELS, IdxWriter.gzip(labels));
    assertRefused(IdxWriter.TRAIN_LABELS, "claims 1879048192 items of 1 bytes");
  }

  @Test
  void aMissingFileOfTheFourIsNamed() throws IOException {
    Files.delete(directory.resolve(IdxWriter.TEST_LABELS));
    DataException refusal = assertThrows(DataException.class, this::open);
    assertTrue(
        refusal.getMessage().startsWith(directory + ": t10k-labels-idx1-ubyte is missing"),
        refusal.getMessage());
  }

  @Test
  void imagesOfDifferentSizesInTrainAndTestAreRefused() throws IOException {
    write(IdxWriter.TEST_IMAGES, claiming(0x803, 10, 3, 2, 60));
    DataException refusal = assertThrows(DataException.class, this::open);
    assertTrue(refusal.getMessage().contains("2x3x1"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("3x2x1"), refusal.getMessage());
  }
}
