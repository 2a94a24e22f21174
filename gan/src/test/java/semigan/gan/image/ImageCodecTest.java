package semigan.gan.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import semigan.gan.store.StoreException;

class ImageCodecTest {
  private static final float STEP = 2f / 255;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aPngGivesBackEveryLevel(int channels) throws IOException {
    int height = 16;
    int width = 16;
    float[] image = new float[height * width * channels];
    for (int i = 0; i < image.length; i++) {
      image[i] = (i * 7 % 256) * STEP - 1;
    }
    Path file = folder.resolve("a.png");
    ImageGrid.writeOne(file, image, 0, height, width, channels);
    assertArrayEquals(image, ImageCodec.read(file, height, width, channels), 1e-6f);
  }

  @Test
  void valuesOutsideTheRangeAreClamped() throws IOException {
    Path file = folder.resolve("a.png");
    ImageGrid.writeOne(file, new float[] {-9, 9, Float.NaN, 0.001f}, 0, 1, 4, 1);
    float[] read = ImageCodec.read(file, 1, 4, 1);
    assertEquals(-1, read[0]);
    assertEquals(1, read[1]);
    assertEquals(0, read[3], STEP);
  }

  @Test
  void greyAndColourAreConvertedIntoEachOther() throws IOException {
    Path grey = folder.resolve("grey.png");
    ImageGrid.writeOne(grey, new float[] {-0.2f}, 0, 1, 1, 1);
    float[] colour = ImageCodec.read(grey, 1, 1, 3);
    assertArrayEquals(new float[] {-0.2f, -0.2f, -0.2f}, colour, STEP);

    Path red = folder.resolve("red.png");
    ImageGrid.writeOne(red, new float[] {1, -1, -1}, 0, 1, 1, 3);
    assertEquals(2 * 0.299f - 1, ImageCodec.read(red, 1, 1, 1)[0], 1e-5f);
  }

  @Test
  void sixteenBitGreyAndTransparencyAreUnderstood() throws IOException {
    var deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 0x4000);
    assertEquals(-0.5f, read(deep, "png", 1, 1, 1)[0], 1e-4f);

    var clear = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(0, 0, 0x00ffffff);
    clear.setRGB(1, 0, 0xffffffff);
    assertArrayEquals(new float[] {-1, 1}, read(clear, "png", 1, 2, 1), 1e-6f);
  }

  @Test
  void aPaletteIsResolved() throws IOException {
    var indexed = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_BINARY);
    indexed.setRGB(0, 0, 0xffffffff);
    assertArrayEquals(new float[] {1, 1, 1}, read(indexed, "png", 1, 1, 3), 1e-6f);
  }

  @Test
  void shrinkingAveragesAndCropsTheMiddle() throws IOException {
    // Rows of 8: two columns that are cropped away, four that stay, two more.
    float[] image = new float[4 * 8];
    Arrays.fill(image, 1f);
    for (int y = 0; y < 4; y++) {
      for (int x = 2; x < 6; x++) {
        image[y * 8 + x] = y < 2 ? -1 : (x % 2 == 0 ? -1 : 1);
      }
    }
    Path file = folder.resolve("a.png");
    ImageGrid.writeOne(file, image, 0, 4, 8, 1);
    assertArrayEquals(new float[] {-1, -1, 0, 0}, ImageCodec.read(file, 2, 2, 1), STEP);
  }

  @Test
  void enlargingInterpolates() throws IOException {
    Path file = folder.resolve("a.png");
    ImageGrid.writeOne(file, new float[] {-1, 1}, 0, 1, 2, 1);
    float[] row = ImageCodec.read(file, 2, 4, 1);
    assertArrayEquals(new float[] {-1, -0.5f, 0.5f, 1, -1, -0.5f, 0.5f, 1}, row, 1e-5f);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 27, 28, 29, 31, 64, 100})
  void aPlainImageStaysPlainAtAnySize(int size) throws IOException {
    var plain = new BufferedImage(37, 23, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 37 * 23; i++) {
      plain.setRGB(i % 37, i / 37, 0x336699);
    }
    float[] read = read(plain, "png", size, size, 3);
    assertEquals(size * size * 3, read.length);
    for (int i = 0; i < read.length; i++) {
      assertEquals(new int[] {0x33, 0x66, 0x99}[i % 3] * STEP - 1, read[i], 1e-4f);
    }
  }

  @Test
  void channelsAreFoundFromThePixels() throws IOException {
    var image = new BufferedImage(3, 3, BufferedImage.TYPE_INT_RGB);
    assertEquals(4, read(image, "png", 2, 2, ImageCodec.AUTO_CHANNELS).length);
    image.setRGB(1, 1, 0xff0000);
    assertEquals(12, read(image, "png", 2, 2, ImageCodec.AUTO_CHANNELS).length);
    var grey = new BufferedImage(3, 3, BufferedImage.TYPE_BYTE_GRAY);
    assertEquals(4, read(grey, "png", 2, 2, ImageCodec.AUTO_CHANNELS).length);
  }

  @Test
  void aVeryLargeImageIsReadInLittleMemory() throws IOException {
    var image = new BufferedImage(6000, 5000, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setPixels(0, 0, 3000, 5000, white(3000 * 5000));
    Path file = write(image, "png");
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertArrayEquals(new float[] {1, -1, 1, -1}, ImageCodec.read(file, 2, 2, 1), 2e-3f);
    assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 12 << 20);
  }

  private static int[] white(int pixels) {
    int[] levels = new int[pixels];
    Arrays.fill(levels, 255);
    return levels;
  }

  @Test
  void aJpegIsRead() throws IOException {
    var image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    image.createGraphics().fillRect(0, 0, 32, 16);
    float[] read = read(image, "jpg", 2, 1, 3);
    assertArrayEquals(new float[] {0, 0, 0}, Arrays.copyOf(read(image, "jpg", 1, 1, 3), 3), 0.1f);
    assertEquals(1, read[0], 0.1f);
    assertEquals(-1, read[3], 0.1f);
  }

  /** As some cameras write it: the image is whole all the same. */
  @Test
  void fewBytesBetweenAJpegsLastPixelAndItsEndAreNoDamage() throws IOException {
    byte[] whole = Files.readAllBytes(write(new BufferedImage(9, 7, 1), "jpg"));
    assertArrayEquals(
        ImageCodec.read(Files.write(folder.resolve("whole.jpg"), whole), 7, 9, 1),
        ImageCodec.read(withBytesBeforeItsEnd(whole, 4), 7, 9, 1));
    assertMessage("is damaged", withBytesBeforeItsEnd(whole, 40));
  }

  private Path withBytesBeforeItsEnd(byte[] jpeg, int count) throws IOException {
    byte[] longer = Arrays.copyOf(jpeg, jpeg.length + count);
    int end = jpeg.length - 2;
    Arrays.fill(longer, end, end + count, (byte) 0);
    System.arraycopy(jpeg, end, longer, end + count, 2);
    return Files.write(folder.resolve(count + ".jpg"), longer);
  }

  /**
   * The corners of the upright image are white, light, dark and black, and it is wider than high.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 0 1 2 3",
    "2, 1 0 3 2",
    "3, 3 2 1 0",
    "4, 2 3 0 1",
    "5, 0 2 1 3",
    "6, 1 3 0 2",
    "7, 3 1 2 0",
    "8, 2 0 3 1"
  })
  void aPhotoIsSeenUprightHoweverTheCameraWasHeld(int noted, String storedCorners)
      throws IOException {
    int[] levels = {255, 170, 85, 0};
    int[] corners = Arrays.stream(storedCorners.split(" ")).mapToInt(Integer::parseInt).toArray();
    boolean turned = noted >= 5;
    int width = turned ? 32 : 64;
    int height = turned ? 64 : 32;
    var stored = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 4; i++) {
      Graphics2D graphics = stored.createGraphics();
      int level = levels[corners[i]];
      graphics.setColor(new Color(level, level, level));
      graphics.fillRect(i % 2 * width / 2, i / 2 * height / 2, width / 2, height / 2);
    }
    Path file = noted(stored, noted);
    float[] upright = ImageCodec.read(file, 2, 4, 1);
    float[] expected = {1, 1, 1 / 3f, 1 / 3f, -1 / 3f, -1 / 3f, -1, -1};
    assertArrayEquals(expected, upright, 0.1f);
    assertEquals(4 * 3, ImageCodec.read(file, 2, 2, 3).length);
  }

  @Test
  void aNoteThatIsDamagedIsNotFollowed() throws IOException {
    var image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    image.createGraphics().fillRect(0, 0, 8, 4);
    for (int noted : new int[] {0, 9, 255}) {
      float[] read = ImageCodec.read(noted(image, noted), 2, 1, 1);
      assertArrayEquals(new float[] {1, -1}, read, 0.1f);
    }
  }

  @Test
  void theInksOfAJpegBecomeColours() throws IOException {
    float[] cyan = ImageCodec.read(inks(255, 0, 0, 0), 1, 1, 3);
    assertTrue(cyan[0] < -0.5 && cyan[1] > 0.2 && cyan[2] > 0.2, Arrays.toString(cyan));
    assertArrayEquals(new float[] {1, 1, 1}, ImageCodec.read(inks(0, 0, 0, 0), 1, 1, 3), 0.05f);
    float[] black = ImageCodec.read(inks(0, 0, 0, 255), 1, 1, 3);
    assertTrue(black[0] < -0.7 && black[1] < -0.7 && black[2] < -0.7, Arrays.toString(black));
  }

  private Path noted(BufferedImage image, int orientation) throws IOException {
    Path file = write(image, "jpg");
    return Files.write(file, Jpegs.withNote(Files.readAllBytes(file), orientation));
  }

  private Path inks(int cyan, int magenta, int yellow, int key) throws IOException {
    return Files.write(folder.resolve("inks.jpg"), Jpegs.inks(cyan, magenta, yellow, key));
  }

  @Test
  void aHugeClaimIsRefusedFromTheHeader() throws IOException {
    Path file = Files.write(folder.resolve("bomb.png"), pngHeader(100_000, 100_000));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    var e = assertThrows(ImageException.class, () -> ImageCodec.read(file, 32, 32, 1));
    assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 16 << 20);
    assertEquals(
        file
            + ": its header claims 100000 x 100000 pixels, at most 64 million are accepted; scale it down first",
        e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void aFileCutShortIsRefusedWhereverItEnds(String format) throws IOException {
    var noise = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    var random = new Random(1);
    for (int i = 0; i < 40 * 30; i++) {
      noise.setRGB(i % 40, i / 40, random.nextInt());
    }
    Path file = write(noise, format);
    byte[] whole = Files.readAllBytes(file);
    // Up to the last rows: nobody misses a PNG's checksums and end marker.
    for (int length = 0; length < whole.length - 200; length += 37) {
      Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
      var e = assertThrows(ImageException.class, () -> ImageCodec.read(cut, 8, 8, 3));
      assertTrue(e.getMessage().startsWith(cut + ": "), e.getMessage());
      Files.delete(cut);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void randomDamageIsRefusedOrHarmless(String format) throws IOException {
    byte[] whole =
        Files.readAllBytes(write(new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB), format));
    var random = new Random(2);
    for (int round = 0; round < 1000; round++) {
      byte[] bytes = whole.clone();
      for (int n = 0; n < 3; n++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Path file = Files.write(folder.resolve("fuzz"), bytes);
      try {
        assertEquals(48, ImageCodec.read(file, 4, 4, 3).length);
      } catch (ImageException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
      }
      Files.delete(file);
    }
  }

  @Test
  void whatIsNoImageIsNamed() throws IOException {
    assertMessage("no such file", folder.resolve("nowhere.png"));
    assertMessage("is no regular file", folder);
    assertMessage("is empty", Files.createFile(folder.resolve("empty.png")));
    assertMessage(
        "neither PNG nor JPEG", Files.writeString(folder.resolve("text.png"), "hello, world"));
    assertMessage("neither PNG nor JPEG", write(new BufferedImage(2, 2, 1), "gif"));
  }

  @Test
  void anUnwritablePlaceIsNamed() throws IOException {
    Path under = Files.writeString(folder.resolve("file"), "x").resolve("a.png");
    var e =
        assertThrows(
            StoreException.class, () -> ImageGrid.writeOne(under, new float[] {0}, 0, 1, 1, 1));
    assertTrue(e.getMessage().startsWith(under.toString()), e.getMessage());
  }

  private void assertMessage(String expected, Path file) {
    var e = assertThrows(ImageException.class, () -> ImageCodec.read(file, 4, 4, 1));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  private float[] read(BufferedImage image, String format, int height, int width, int channels)
      throws IOException {
    return ImageCodec.read(write(image, format), height, width, channels);
  }

  private Path write(BufferedImage image, String format) throws IOException {
    Path file = folder.resolve("image." + format);
    assertTrue(ImageIO.write(image, format, file.toFile()));
    return file;
  }

  /** A PNG that ends after its header. */
  private static byte[] pngHeader(int width, int height) throws IOException {
    var chunk = new ByteArrayOutputStream();
    var data = new DataOutputStream(chunk);
    data.writeBytes("IHDR");
    data.writeInt(width);
    data.writeInt(height);
    data.write(new byte[] {8, 2, 0, 0, 0});
    var crc = new CRC32();
    crc.update(chunk.toByteArray());
    var file = new ByteArrayOutputStream();
    var out = new DataOutputStream(file);
    out.writeLong(0x89504E470D0A1A0AL);
    out.writeInt(13);
    out.write(chunk.toByteArray());
    out.writeInt((int) crc.getValue());
    out.writeInt(0);
    out.writeBytes("IDAT");
    out.writeInt(0x35AF061E);
    return file.toByteArray();
  }
}
