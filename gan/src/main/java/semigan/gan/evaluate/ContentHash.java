package semigan.gan.evaluate;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import semigan.gan.data.ImageDataset;

/** SHA-256 of what a data set holds, whatever it is called and wherever it lies. */
final class ContentHash {
  private ContentHash() {}

  /** Of sizes, and of every image's values; labels take no part. In hex. */
  static String of(ImageDataset images) {
    MessageDigest digest = sha256();
    int length = images.imageLength();
    ByteBuffer bytes = ByteBuffer.allocate(Math.max(4, length) * Float.BYTES);
    for (int size : new int[] {images.size(), images.height(), images.width(), images.channels()}) {
      bytes.putInt(size);
    }
    digest.update(bytes.flip());
    float[] image = new float[length];
    for (int i = 0; i < images.size(); i++) {
      images.read(i, image, 0);
      bytes.clear().limit(length * Float.BYTES);
      bytes.asFloatBuffer().put(image);
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
