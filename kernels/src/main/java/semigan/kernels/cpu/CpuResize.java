package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.ResizeGeometry;
import semigan.kernels.ResizeKernels;

/**
 * Resizing by oneDNN, whose resampling follows pixel centres as {@link ResizeGeometry} does. The
 * gradient of the nearest is a loop in Java: oneDNN finds by rounded numbers which outputs looked
 * at an input, and counts one of them twice where its position is a border (28 to 2, for one).
 */
final class CpuResize implements ResizeKernels {
  private record Key(
      boolean backward, ResizeGeometry geometry, ResizeGeometry.Method method, DType type) {}

  private final Plans plans;
  private final Workers workers;
  private final Widening widening;

  CpuResize(Plans plans, Workers workers, Widening widening) {
    this.plans = plans;
    this.workers = workers;
    this.widening = widening;
  }

  @Override
  public void forward(ResizeGeometry geometry, ResizeGeometry.Method method, Buffer x, Buffer y) {
    run(false, geometry, method, x, y);
  }

  @Override
  public void backward(
      ResizeGeometry geometry, ResizeGeometry.Method method, Buffer dy, Buffer dx) {
    switch (method) {
      case NEAREST -> nearestBackward(geometry, dy, dx);
      case BILINEAR -> run(true, geometry, method, dx, dy);
    }
  }

  private void nearestBackward(ResizeGeometry g, Buffer dy, Buffer dx) {
    int inputs = g.inHeight() * g.inWidth() * g.channels();
    int outputs = g.outHeight() * g.outWidth() * g.channels();
    try (var wide = widening.open()) {
      FloatBuffer gradients = wide.reading(dy).floats();
      FloatBuffer target = wide.writing(dx).floats();
      workers.share(
          g.batch(),
          (thread, from, to) -> {
            float[] image = new float[outputs];
            for (int n = from; n < to; n++) {
              float[] sums = new float[inputs];
              gradients.get(n * outputs, image);
              addToNearest(g, image, sums);
              target.put(n * inputs, sums);
            }
          });
    }
  }

  /** Of one image. */
  private static void addToNearest(ResizeGeometry g, float[] gradients, float[] sums) {
    int from = 0;
    for (int outRow = 0; outRow < g.outHeight(); outRow++) {
      int row = ResizeGeometry.nearest(outRow, g.inHeight(), g.outHeight());
      for (int outColumn = 0; outColumn < g.outWidth(); outColumn++) {
        int column = ResizeGeometry.nearest(outColumn, g.inWidth(), g.outWidth());
        int to = (row * g.inWidth() + column) * g.channels();
        for (int channel = 0; channel < g.channels(); channel++) {
          sums[to + channel] += gradients[from++];
        }
      }
    }
  }

  private void run(
      boolean backward, ResizeGeometry geometry, ResizeGeometry.Method method, Buffer x, Buffer y) {
    plans
        .get(
            new Key(backward, geometry, method, x.type()),
            builder ->
                builder.share(
                    geometry.batch(),
                    1,
                    work(geometry),
                    images -> describe(builder, backward, geometry, method, x.type(), images)))
        .run(CpuBuffer.of(x), CpuBuffer.of(y));
  }

  private static long work(ResizeGeometry g) {
    return (long) g.batch() * g.outHeight() * g.outWidth() * g.channels();
  }

  private static void describe(
      PlanBuilder builder,
      boolean backward,
      ResizeGeometry g,
      ResizeGeometry.Method method,
      DType type,
      Stretch images) {
    int algorithm =
        switch (method) {
          case NEAREST -> dnnl_resampling_nearest;
          case BILINEAR -> dnnl_resampling_linear;
        };
    long count = images.count();
    dnnl_memory_desc x = builder.images(type, count, g.inHeight(), g.inWidth(), g.channels());
    dnnl_memory_desc y = builder.images(type, count, g.outHeight(), g.outWidth(), g.channels());
    long fromX = images.from() * g.inHeight() * g.inWidth() * g.channels() * type.bytes();
    long fromY = images.from() * g.outHeight() * g.outWidth() * g.channels() * type.bytes();
    float[] factors = {
      g.outHeight() / (float) g.inHeight(), g.outWidth() / (float) g.inWidth(),
    };
    dnnl_primitive_desc forward = builder.descriptor();
    OneDnn.check(
        dnnl_resampling_forward_primitive_desc_create(
            forward,
            builder.engine(),
            dnnl_forward_training,
            algorithm,
            factors,
            x,
            y,
            builder.attributes()),
        g);
    if (!backward) {
      builder.step(forward, at(DNNL_ARG_SRC, x, 0, fromX), at(DNNL_ARG_DST, y, 1, fromY));
      return;
    }
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_resampling_backward_primitive_desc_create(
            descriptor, builder.engine(), algorithm, factors, x, y, forward, builder.attributes()),
        g);
    builder.step(
        descriptor, at(DNNL_ARG_DIFF_DST, y, 1, fromY), at(DNNL_ARG_DIFF_SRC, x, 0, fromX));
  }
}
