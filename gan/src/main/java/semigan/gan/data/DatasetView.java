package semigan.gan.data;

import java.util.List;

/** What is as another data set has it; a subclass says what is not. */
public abstract class DatasetView implements ImageDataset {
  protected final ImageDataset inner;

  protected DatasetView(ImageDataset inner) {
    this.inner = inner;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public int size() {
    return inner.size();
  }

  @Override
  public int height() {
    return inner.height();
  }

  @Override
  public int width() {
    return inner.width();
  }

  @Override
  public int channels() {
    return inner.channels();
  }

  @Override
  public List<String> classNames() {
    return inner.classNames();
  }

  @Override
  public int label(int index) {
    return inner.label(index);
  }

  @Override
  public void read(int index, float[] target, int offset) {
    inner.read(index, target, offset);
  }
}
