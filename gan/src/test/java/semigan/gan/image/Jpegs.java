package semigan.gan.image;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** JPEG files as others than Java write them. */
public final class Jpegs {
  private Jpegs() {}

  /** A JPEG with a camera's note behind its first two bytes: EXIF 2.32, tag 0x0112. */
  static byte[] withNote(byte[] jpeg, int orientation) {
    ByteBuffer noted = ByteBuffer.allocate(jpeg.length + 36);
    noted.put(jpeg, 0, 2).putShort((short) 0xFFE1).putShort((short) 34);
    noted.put("Exif\0\0MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8).putShort((short) 1);
    noted.putShort((short) 0x0112).putShort((short) 3).putInt(1);
    noted.putShort((short) orientation).putShort((short) 0).putInt(0);
    return noted.put(jpeg, 2, jpeg.length - 2).array();
  }

  /** 16x16 pixels of these inks, from 0 to 255, stored inverted as print shops have them. */
  public static byte[] inks(int cyan, int magenta, int yellow, int key) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
    int[] inverted = {255 - cyan, 255 - magenta, 255 - yellow, 255 - key};
    for (int i = 0; i < 16 * 16; i++) {
      raster.setPixel(i % 16, i / 16, inverted);
    }
    var bytes = new ByteArrayOutputStream();
    ImageWriter writer = javasOwnWriter();
    try (var stream = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(raster, null, null), null);
    }
    byte[] whole = bytes.toByteArray();
    ByteBuffer marked = ByteBuffer.allocate(whole.length + 16);
    marked.put(whole, 0, 2).putShort((short) 0xFFEE).putShort((short) 14);
    marked.put("Adobe".getBytes(StandardCharsets.US_ASCII)).putShort((short) 100).position(18);
    return marked.put(whole, 2, whole.length - 2).array();
  }

  /** Which takes a raster without a colour model. */
  private static ImageWriter javasOwnWriter() {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
    while (writers.hasNext()) {
      ImageWriter writer = writers.next();
      if (writer.getClass().getName().startsWith("com.sun.imageio")) {
        return writer;
      }
    }
    throw new AssertionError("this Java has no JPEG writer");
  }
}
