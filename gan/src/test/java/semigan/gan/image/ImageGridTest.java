package semigan.gan.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageGridTest {
  @TempDir Path folder;

  @Test
  void imagesStandInRowsWithAGapOfTwoPixels() throws IOException {
    // Five colour images of one pixel, three across: red, green, blue; white, black.
    float[] images = {1, -1, -1, -1, 1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1};
    Path png = folder.resolve("grid.png");
    ImageGrid.write(png, images, 5, 1, 1, 3, 3, 4);
    BufferedImage grid = ImageIO.read(png.toFile());
    assertEquals(2 + 3 * 6, grid.getWidth());
    assertEquals(2 + 2 * 6, grid.getHeight());
    assertEquals(0xff808080, grid.getRGB(0, 0));
    assertEquals(0xff808080, grid.getRGB(7, 3), "between two images");
    assertEquals(0xffff0000, grid.getRGB(2, 2));
    assertEquals(0xffff0000, grid.getRGB(5, 5), "enlarged fourfold");
    assertEquals(0xff00ff00, grid.getRGB(8, 2));
    assertEquals(0xff0000ff, grid.getRGB(14, 2));
    assertEquals(0xffffffff, grid.getRGB(2, 8));
    assertEquals(0xff000000, grid.getRGB(8, 8));
    assertEquals(0xff808080, grid.getRGB(14, 8), "the last row is short");
  }

  @Test
  void smallGreyImagesAreEnlargedAndStayGrey() throws IOException {
    float[] images = new float[2 * 28 * 28];
    Arrays.fill(images, -1);
    Arrays.fill(images, 0, 28 * 28, 1);
    Path png = folder.resolve("grid.png");
    ImageGrid.write(png, images, 2, 28, 28, 1, 8);
    BufferedImage grid = ImageIO.read(png.toFile());
    assertEquals(2 + 2 * (56 + 2), grid.getWidth());
    assertEquals(1, grid.getRaster().getNumBands());
    assertEquals(255, grid.getRaster().getSample(57, 57, 0));
    assertEquals(0, grid.getRaster().getSample(60, 2, 0));
  }

  @Test
  void theSameImagesGiveTheSameBytes() throws IOException {
    Path a = folder.resolve("a.png");
    Path b = folder.resolve("b.png");
    ImageGrid.write(a, new float[64 * 32 * 32 * 3], 64, 32, 32, 3, 8);
    ImageGrid.write(b, new float[64 * 32 * 32 * 3], 64, 32, 32, 3, 8);
    assertArrayEquals(Files.readAllBytes(a), Files.readAllBytes(b));
  }

  @Test
  void aGridTooLargeToLookAtIsRefused() {
    Path png = folder.resolve("grid.png");
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> ImageGrid.write(png, new float[100_000], 100_000, 1, 1, 1, 100));
    assertTrue(e.getMessage().contains("write them to a folder"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> ImageGrid.write(png, new float[3], 1, 2, 2, 1, 1));
    assertTrue(Files.notExists(png));
  }
}
