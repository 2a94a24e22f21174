package semigan.gan.data;

import java.util.List;

/** A data set held in memory, one byte per pixel and channel. */
final class StoredImages implements ImageDataset {
  /** Byte 0 is -1 and byte 255 is 1, both exactly. */
  private static final float[] BYTE_TO_UNIT = new float[256];

  static {
    for (int value = 0; value < 256; value++) {
      BYTE_TO_UNIT[value] = value / 127.5f - 1;
    }
  }

  /** What all images of a data set have in common. */
  record Form(String name, int height, int width, int channels, List<String> classNames) {
    Form {
      classNames = List.copyOf(classNames);
    }
  }

  private final Form form;
  private final byte[][] images; // [N][H*W*C]
  private final int[] labels;

  StoredImages(Form form, byte[][] images, int[] labels) {
    this.form = form;
    this.images = images;
    this.labels = labels;
  }

  /** Unpacks one image of bytes to [-1, 1]. */
  static void unpack(byte[] image, float[] target, int offset) {
    for (int i = 0; i < image.length; i++) {
      target[offset + i] = BYTE_TO_UNIT[image[i] & 0xff];
    }
  }

  @Override
  public String name() {
    return form.name;
  }

  @Override
  public int size() {
    return images.length;
  }

  @Override
  public int height() {
    return form.height;
  }

  @Override
  public int width() {
    return form.width;
  }

  @Override
  public int channels() {
    return form.channels;
  }

  @Override
  public List<String> classNames() {
    return form.classNames;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void read(int index, float[] target, int offset) {
    unpack(images[index], target, offset);
  }
}
