package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  @TempDir Path root;

  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private DataOptions options = DataOptions.defaults().withImageSize(8).withListener(warnings::add);

  private DataSplit open() {
    return DataSets.open(root.toString(), options);
  }

  private String refusal() {
    return assertThrows(DataException.class, this::open).getMessage();
  }

  private static BufferedImage plain(int type, int width, int height, Color color) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return image;
  }

  private static BufferedImage gray(int value) {
    BufferedImage image = new BufferedImage(10, 10, BufferedImage.TYPE_BYTE_GRAY);
    int[] samples = new int[100];
    Arrays.fill(samples, value);
    image.getRaster().setPixels(0, 0, 10, 10, samples);
    return image;
  }

  private Path write(String file, BufferedImage image) throws IOException {
    return write(file, encoded(image, file.endsWith("png") ? "png" : "jpg"));
  }

  private Path write(String file, byte[] bytes) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.write(path, bytes);
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, bytes), format);
    return bytes.toByteArray();
  }

  /** A test set of one gray image of class a, so that a test says only what it is about. */
  private void testSet() throws IOException {
    write("test/a/t.png", gray(0));
  }

  private int[] firstPixel(ImageDataset data, int index) {
    float[] image = new float[data.imageLength()];
    data.read(index, image, 0);
    return Arrays.copyOf(Ramp.bytes(image), data.channels());
  }

  @Test
  void subFoldersAreClassesAndUnlabelledIsNone() throws IOException {
    testSet();
    write("test/b/t.png", gray(1));
    write("train/b/1.png", gray(20));
    write("train/a/1.png", gray(10));
    write("train/a/2.jpg", gray(200));
    write("train/unlabelled/1.JPEG", gray(30));
    write("unlabelled/2.png", gray(40));
    write("train/a/notes.txt", "not an image".getBytes());
    write("train/a/.hidden.png", new byte[3]);
    DataSplit split = open();
    ImageDataset train = split.train();
    assertEquals(List.of("a", "b"), train.classNames());
    assertEquals(2, split.test().size());
    List<String> found = new ArrayList<>();
    for (int i = 0; i < train.size(); i++) {
      found.add(train.label(i) + ":" + firstPixel(train, i)[0]);
    }
    assertEquals(List.of("0:10", "0:200", "1:20", "-1:30", "-1:40"), found);
    assertTrue(warnings.isEmpty());
  }

  @Test
  void withoutTrainAndTestOneLabelledImageInTenIsForTestingAndStaysThere() throws IOException {
    for (int i = 0; i < 200; i++) {
      write("a/" + i + ".png", gray(i));
      write("unlabelled/" + i + ".png", gray(i));
    }
    ImageDataset test = open().test();
    assertTrue(test.size() >= 8 && test.size() <= 35, test.size() + " of 200");
    TreeSet<Integer> before = new TreeSet<>();
    for (int i = 0; i < test.size(); i++) {
      assertEquals(0, test.label(i), "unlabelled images are to learn from");
      before.add(firstPixel(test, i)[0]);
    }
    Files.delete(root.resolve("a/" + before.first() + ".png"));
    write("a/another.png", gray(255));
    ImageDataset after = open().test();
    TreeSet<Integer> still = new TreeSet<>();
    for (int i = 0; i < after.size(); i++) {
      still.add(firstPixel(after, i)[0]);
    }
    still.remove(255);
    before.remove(before.first());
    assertEquals(before, still);
  }

  @Test
  void channelsAreOneOnlyIfEveryImageIsGray() throws IOException {
    testSet();
    write("train/a/1.png", gray(77));
    write("train/a/2.png", plain(BufferedImage.TYPE_INT_RGB, 10, 10, new Color(9, 9, 9)));
    assertEquals(1, open().train().channels());
    write("train/a/3.png", plain(BufferedImage.TYPE_INT_RGB, 10, 10, new Color(255, 0, 102)));
    ImageDataset colour = open().train();
    assertEquals(3, colour.channels());
    assertArrayEquals(new int[] {77, 77, 77}, firstPixel(colour, 0));
    assertArrayEquals(new int[] {255, 0, 102}, firstPixel(colour, 2));
    options = options.withImageChannels(1);
    assertArrayEquals(new int[] {88}, firstPixel(open().train(), 2)); // 0.299*255 + 0.114*102
    options = options.withImageChannels(3);
    assertArrayEquals(new int[] {77, 77, 77}, firstPixel(open().train(), 0));
  }

  @Test
  void whatIsTransparentIsBlack() throws IOException {
    testSet();
    Color half = new Color(200, 100, 50, 51);
    write("train/a/1.png", plain(BufferedImage.TYPE_INT_ARGB, 10, 10, half));
    assertArrayEquals(new int[] {40, 20, 10}, firstPixel(open().train(), 0));
  }

  @Test
  void paletteAndSixteenBitImagesAreRead() throws IOException {
    testSet();
    write("train/a/1.png", plain(BufferedImage.TYPE_BYTE_INDEXED, 10, 10, Color.RED));
    write("train/a/2.png", plain(BufferedImage.TYPE_BYTE_BINARY, 10, 10, Color.WHITE));
    BufferedImage deep = new BufferedImage(10, 10, BufferedImage.TYPE_USHORT_GRAY);
    int[] samples = new int[100];
    Arrays.fill(samples, 0x8080);
    deep.getRaster().setPixels(0, 0, 10, 10, samples);
    write("train/a/3.png", deep);
    ImageDataset train = open().train();
    assertArrayEquals(new int[] {255, 0, 0}, firstPixel(train, 0));
    assertArrayEquals(new int[] {255, 255, 255}, firstPixel(train, 1));
    assertArrayEquals(new int[] {128, 128, 128}, firstPixel(train, 2));
  }

  @Test
  void theCentreSquareIsKeptAndEachPixelIsTheMeanOfWhatItCovers() throws IOException {
    testSet();
    // 48x16: red, a checkerboard of black and white, blue. At 8x8 a pixel covers 2x2 of the board.
    BufferedImage image = plain(BufferedImage.TYPE_INT_RGB, 48, 16, Color.RED);
    for (int y = 0; y < 16; y++) {
      for (int x = 16; x < 48; x++) {
        image.setRGB(x, y, x >= 32 ? 0x0000ff : (x + y) % 2 == 0 ? 0xffffff : 0);
      }
    }
    write("train/a/1.png", image);
    ImageDataset train = open().train();
    float[] pixels = new float[train.imageLength()];
    train.read(0, pixels, 0);
    assertEquals(1, train.channels(), "no red or blue is left");
    for (int value : Ramp.bytes(pixels)) {
      assertEquals(127.5, value, 1);
    }
  }

  @Test
  void imagesOfAnySizeBecomeTheSizeAskedFor() throws IOException {
    testSet();
    for (int[] size : new int[][] {{1, 1}, {3, 50}, {5, 5}, {8, 8}, {13, 9}, {700, 650}}) {
      write(
          "train/a/%dx%d.png".formatted(size[0], size[1]),
          plain(BufferedImage.TYPE_INT_RGB, size[0], size[1], new Color(60, 120, 180)));
    }
    ImageDataset train = open().train();
    assertEquals(6, train.size());
    for (int i = 0; i < train.size(); i++) {
      float[] pixels = new float[8 * 8 * 3];
      train.read(i, pixels, 0);
      int[] bytes = Ramp.bytes(pixels);
      for (int p = 0; p < bytes.length; p++) {
        assertEquals(60 * (p % 3 + 1), bytes[p], "image " + i + " value " + p);
      }
    }
  }

  /** Good images enough that one bad one is one per cent. */
  private void ninetyEightGoodImages() throws IOException {
    testSet();
    byte[] good = encoded(gray(5), "png");
    for (int i = 0; i < 98; i++) {
      write("train/a/good%d.png".formatted(i), good);
    }
  }

  /** A PNG of nothing but a header. */
  private static byte[] pngClaiming(int width, int height) {
    ByteBuffer bytes = ByteBuffer.allocate(33);
    bytes.putLong(0x89504e470d0a1a0aL).putInt(13);
    bytes.put("IHDR".getBytes()).putInt(width).putInt(height);
    bytes.put((byte) 8).put((byte) 0).put(new byte[3]);
    CRC32 crc = new CRC32();
    crc.update(bytes.array(), 12, 17);
    return bytes.putInt((int) crc.getValue()).array();
  }

  private void assertSkipped(String file, byte[] bytes, String reason) throws IOException {
    Path bad = write(file, bytes);
    warnings.clear();
    assertEquals(98, open().train().size());
    assertEquals(1, warnings.size());
    String warning = warnings.get(0);
    assertTrue(warning.contains("1 of 100 images are bad and were skipped"), warning);
    assertTrue(warning.contains(bad + ": "), warning);
    assertTrue(warning.contains(reason), warning);
    Files.delete(bad);
  }

  @Test
  void oneBadImageInAHundredIsSkippedWithAWarning() throws IOException {
    ninetyEightGoodImages();
    assertSkipped("train/a/x.png", new byte[0], "the file is empty");
    assertSkipped("train/a/x.png", "GIF89a, really".getBytes(), "neither PNG nor JPEG");
    assertSkipped("train/a/x.png", encoded(gray(1), "gif"), "neither PNG nor JPEG");
    byte[] noise = noise();
    assertSkipped("train/a/x.png", Arrays.copyOf(noise, noise.length / 2), "cannot be decoded");
    assertSkipped("train/a/x.png", pngClaiming(10, 10), "cannot be decoded");
    byte[] corrupt = noise.clone();
    Arrays.fill(corrupt, 60, 90, (byte) 0x5a);
    assertSkipped("train/a/x.png", corrupt, "cannot be decoded");
  }

  @Test
  void aLinkThatLeadsNowhereIsBadAndNotForgotten() throws IOException {
    ninetyEightGoodImages();
    Path link = root.resolve("train/a/lost.png");
    Files.createSymbolicLink(link, root.resolve("nowhere"));
    assertEquals(98, open().train().size());
    assertTrue(warnings.get(0).endsWith("skipped: " + link + ": no such file"), warnings.get(0));
  }

  private static byte[] noise() throws IOException {
    return encoded(noiseImage(), "png");
  }

  private static BufferedImage noiseImage() {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    Draws draws = new Draws(1);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, (int) draws.nextLong());
    }
    return image;
  }

  @Test
  void aTruncatedOrCorruptJpegIsBadThoughDecodersForgiveIt() throws IOException {
    ninetyEightGoodImages();
    byte[] noise = encoded(noiseImage(), "jpg");
    for (int kept : new int[] {noise.length / 2, noise.length - 40}) {
      assertSkipped("train/a/x.jpg", Arrays.copyOf(noise, kept), "is damaged: ");
    }
    byte[] corrupt = noise.clone();
    corrupt[noise.length / 2] = (byte) 0xff; // a marker where there should be none
    corrupt[noise.length / 2 + 1] = (byte) 0xd3;
    assertSkipped("train/a/x.jpg", corrupt, "is damaged: ");
  }

  @Test
  void aPngThatClaimsTenThousandMillionPixelsIsRefusedFromItsHeader() throws IOException {
    ninetyEightGoodImages();
    assertSkipped(
        "train/a/x.png",
        pngClaiming(100_000, 100_000),
        "its header claims 100000 x 100000 pixels, at most 64 million are accepted");
  }

  @Test
  void moreThanOneBadImageInAHundredStops() throws IOException {
    ninetyEightGoodImages();
    Path first = write("train/a/x.png", new byte[0]);
    Path second = write("train/a/y.png", new byte[9]);
    String message = refusal();
    assertTrue(message.contains("2 of 101 images are bad, more than 1%"), message);
    assertTrue(message.contains(first + ": the file is empty"), message);
    assertTrue(message.contains(second + ": neither PNG nor JPEG"), message);
    for (int i = 0; i < 6; i++) {
      write("train/a/z%d.png".formatted(i), new byte[0]);
    }
    assertTrue(refusal().endsWith("and 3 more"), refusal());
  }

  @Test
  void moreThanMemoryHoldsIsRefusedWhetherSeenBeforeOrWhileReading() throws IOException {
    Path file = write("a/1.png", plain(BufferedImage.TYPE_INT_RGB, 9, 9, Color.RED));
    List<ImageFolder.Entry> entries =
        List.of(new ImageFolder.Entry(file, 0, false), new ImageFolder.Entry(file, 0, true));
    for (int budget : new int[] {2 * 8 * 8 - 1, 2 * 8 * 8 * 3 - 1}) {
      ImageFolderReader reader = new ImageFolderReader(root, List.of("a"), options, budget);
      DataException refusal = assertThrows(DataException.class, () -> reader.read(entries));
      assertTrue(refusal.getMessage().contains("choose a smaller image size"), refusal.toString());
    }
    new ImageFolderReader(root, List.of("a"), options, 2 * 8 * 8 * 3).read(entries);
  }

  @Test
  void aDirectoryThatIsNoDataSetIsRefused() throws IOException {
    assertTrue(refusal().contains("has no class folders"), refusal());
    write("unlabelled/1.png", gray(1));
    assertTrue(refusal().contains("a single one, not called unlabelled"), refusal());
    Files.createDirectories(root.resolve("a"));
    assertTrue(refusal().contains("class 'a' holds no PNG or JPEG images"), refusal());
    write("train/a/1.png", gray(1));
    write("test/b/1.png", gray(1));
    assertTrue(refusal().contains("class 'b' is not among the classes"), refusal());
  }

  @Test
  void anEmptyTestSetIsRefusedWithTheWayOut() throws IOException {
    write("train/a/1.png", gray(1));
    Files.createDirectories(root.resolve("test"));
    assertTrue(refusal().contains("none falls to the test set"), refusal());
  }
}
