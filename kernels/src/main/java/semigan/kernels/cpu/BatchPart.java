package semigan.kernels.cpu;

import java.util.List;
import java.util.stream.IntStream;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;

/**
 * Some neighbouring images of a batch: a large one goes in parts whose intermediate results stay in
 * the cache.
 *
 * @param whole the convolution of all images
 */
record BatchPart(Conv2dGeometry whole, int first, int count) {
  /** As few parts as will do, of about the same size, each of so many images at most. */
  static List<BatchPart> of(Conv2dGeometry whole, int most) {
    int parts = (whole.batch() + most - 1) / most;
    return IntStream.range(0, parts).mapToObj(part -> of(whole, part, parts)).toList();
  }

  private static BatchPart of(Conv2dGeometry whole, int part, int parts) {
    int first = (int) ((long) whole.batch() * part / parts);
    int end = (int) ((long) whole.batch() * (part + 1) / parts);
    return new BatchPart(whole, first, end - first);
  }

  /** The convolution of these images alone. */
  Conv2dGeometry geometry() {
    return whole.withBatch(count);
  }

  boolean isFirst() {
    return first == 0;
  }

  /** Of the input of all images, that of these. */
  CpuBuffer input(Buffer images) {
    return slice(images, whole.inputLength());
  }

  /** Of the output of all images, that of these. */
  CpuBuffer output(Buffer images) {
    return slice(images, whole.outputLength());
  }

  private CpuBuffer slice(Buffer images, long length) {
    long each = length / whole.batch();
    return CpuBuffer.of(images.slice(first * each, count * each));
  }
}
