package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ConvKernels;
import semigan.kernels.DType;

/**
 * Convolutions 4x4 with stride 2 by {@link Winograd}'s minimal filtering: 2.56 times fewer
 * multiplications.
 *
 * <p>The image of even rows and columns and the three others, side by side as four times the
 * channels, turn such a convolution into one of 2x2 taps with stride 1. Its tiles of 4x4 outputs
 * become, for each of 25 points, one row of a matrix; so the convolution is 25 matrix products,
 * {@code M [tiles, out] = V [tiles, depth] U [depth, out]} with {@code depth = 4 in}. Both
 * gradients are the adjoints of the same maps.
 */
final class WinogradConv implements ConvKernels {
  private static final int POINTS = Winograd.POINTS * Winograd.POINTS;

  /** With fewer, rows are too short for the transforms' loops. */
  private static final int FEWEST_CHANNELS = 16;

  /** With fewer output pixels, transforming the filter costs more than is saved (measured). */
  private static final int FEWEST_PIXELS = 1024;

  /** Share of a tile's pixels that must lie inside the image, on average. */
  private static final double LEAST_INSIDE = 0.6;

  /** Elements of a part's tiles: 16 MiB. */
  private static final long MOST_ELEMENTS = 1 << 22;

  private record TransposeKey(long channels, long window) {}

  private record ProductKey(Operand result, int tiles, int depth, int channels) {}

  /** Which of the three is computed from the other two. */
  private enum Operand {
    OUTPUT,
    INPUT,
    FILTER,
    /** Added to what is there. */
    MORE_OF_FILTER
  }

  private final Plans plans;
  private final Backend backend;
  private final WinogradTiles tiles;
  private final WinogradFilter filters;

  WinogradConv(Plans plans, Workers workers, Backend backend) {
    this.plans = plans;
    this.backend = backend;
    tiles = new WinogradTiles(workers);
    filters = new WinogradFilter(workers);
  }

  /** Whether the products saved outweigh the transforms, the filter's above all. */
  static boolean fits(Conv2dGeometry g) {
    boolean halves =
        g.kernelHeight() == 4
            && g.kernelWidth() == 4
            && g.strideHeight() == 2
            && g.strideWidth() == 2;
    int pixels = g.batch() * g.outHeight() * g.outWidth();
    return halves
        && Math.min(g.inChannels(), g.outChannels()) >= FEWEST_CHANNELS
        && pixels >= FEWEST_PIXELS
        && pixels >= LEAST_INSIDE * g.batch() * new WinogradTiles.Layout(g).pixels();
  }

  @Override
  public void forward(Conv2dGeometry g, Buffer x, Buffer w, Buffer y) {
    var turn = new TransposeKey(g.outChannels(), g.window());
    CpuBuffer turned = allocate(g.filterLength());
    plans.get(turn, builder -> describeTranspose(builder, turn)).run(CpuBuffer.of(w), turned);
    CpuBuffer u = allocateFilter(g);
    filters.transform(WinogradFilter.Blocks.outputsLast(g), turned.floats(), u.floats());
    backend.release(turned);
    forEachPart(
        g,
        (layout, v, m, part) -> {
          tiles.gather(layout, part.input(x).floats(), v.floats());
          product(Operand.OUTPUT, layout, v, u, m);
          tiles.collect(layout, m.floats(), part.output(y).floats());
        });
    backend.release(u);
  }

  @Override
  public void backwardInput(Conv2dGeometry g, Buffer dy, Buffer w, Buffer dx) {
    CpuBuffer u = allocateFilter(g);
    filters.transform(WinogradFilter.Blocks.outputsFirst(g), CpuBuffer.of(w).floats(), u.floats());
    forEachPart(
        g,
        (layout, v, m, part) -> {
          tiles.spread(layout, part.output(dy).floats(), m.floats());
          product(Operand.INPUT, layout, m, u, v);
          tiles.scatter(layout, v.floats(), part.input(dx).floats());
        });
    backend.release(u);
  }

  @Override
  public void backwardWeight(Conv2dGeometry g, Buffer x, Buffer dy, Buffer dw) {
    CpuBuffer u = allocateFilter(g);
    forEachPart(
        g,
        (layout, v, m, part) -> {
          tiles.gather(layout, part.input(x).floats(), v.floats());
          tiles.spread(layout, part.output(dy).floats(), m.floats());
          product(part.first() == 0 ? Operand.FILTER : Operand.MORE_OF_FILTER, layout, m, v, u);
        });
    filters.transformBackward(
        WinogradFilter.Blocks.outputsFirst(g), u.floats(), CpuBuffer.of(dw).floats());
    backend.release(u);
  }

  /** Some images of a batch. */
  private record Images(Conv2dGeometry whole, int first, int count) {
    CpuBuffer input(Buffer images) {
      return slice(images, whole.inputLength());
    }

    CpuBuffer output(Buffer images) {
      return slice(images, whole.outputLength());
    }

    private CpuBuffer slice(Buffer images, long length) {
      long each = length / whole.batch();
      return CpuBuffer.of(images.slice(first * each, count * each));
    }
  }

  private interface PartOfBatch {
    void run(WinogradTiles.Layout layout, CpuBuffer v, CpuBuffer m, Images images);
  }

  /** A large batch goes in parts, which bounds the memory for tiles and keeps them in the cache. */
  private void forEachPart(Conv2dGeometry g, PartOfBatch body) {
    long each = POINTS * new WinogradTiles.Layout(g).tiles() * 4L * g.inChannels() / g.batch();
    int parts = (int) Math.min(g.batch(), (g.batch() * each + MOST_ELEMENTS - 1) / MOST_ELEMENTS);
    for (int part = 0; part < parts; part++) {
      int first = (int) ((long) g.batch() * part / parts);
      int count = (int) ((long) g.batch() * (part + 1) / parts) - first;
      var layout = new WinogradTiles.Layout(g.withBatch(count));
      CpuBuffer v = allocate(POINTS * layout.pointStride(layout.depth()));
      CpuBuffer m = allocate(POINTS * layout.pointStride(g.outChannels()));
      body.run(layout, v, m, new Images(g, first, count));
      backend.release(v);
      backend.release(m);
    }
  }

  private CpuBuffer allocateFilter(Conv2dGeometry g) {
    return allocate(POINTS * Winograd.apart(4L * g.inChannels() * g.outChannels()));
  }

  private CpuBuffer allocate(long length) {
    return CpuBuffer.of(backend.allocate(DType.F32, length));
  }

  private void product(
      Operand result, WinogradTiles.Layout layout, CpuBuffer a, CpuBuffer b, CpuBuffer c) {
    var key =
        new ProductKey(
            result, (int) layout.tiles(), (int) layout.depth(), layout.geometry().outChannels());
    plans.get(key, builder -> describeProduct(builder, key)).run(a, b, c);
  }

  private static void describeProduct(PlanBuilder builder, ProductKey key) {
    int t = key.tiles();
    int d = key.depth();
    int o = key.channels();
    dnnl_memory_desc a;
    dnnl_memory_desc b;
    dnnl_memory_desc c;
    switch (key.result()) {
      case OUTPUT -> {
        a = matrices(builder, t, d);
        b = matrices(builder, d, o);
        c = matrices(builder, t, o);
      }
      case INPUT -> {
        a = matrices(builder, t, o);
        b = matrices(builder, o, d);
        c = matrices(builder, t, d);
      }
      default -> {
        a =
            builder.strided(
                new long[] {POINTS, o, t}, new long[] {Winograd.apart((long) o * t), 1, o});
        b = matrices(builder, t, d);
        c = matrices(builder, o, d);
      }
    }
    dnnl_primitive_attr attributes =
        key.result() == Operand.MORE_OF_FILTER ? builder.attributesWithSum() : builder.attributes();
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(descriptor, builder.engine(), a, b, null, c, attributes),
        key);
    builder.step(
        descriptor, at(DNNL_ARG_SRC, a, 0), at(DNNL_ARG_WEIGHTS, b, 1), at(DNNL_ARG_DST, c, 2));
  }

  private static dnnl_memory_desc matrices(PlanBuilder builder, long rows, long columns) {
    return builder.strided(
        new long[] {POINTS, rows, columns},
        new long[] {Winograd.apart(rows * columns), columns, 1});
  }

  /** From {@code [out, 4, 4, in]} to {@code [4, 4, in, out]}. */
  private static void describeTranspose(PlanBuilder builder, TransposeKey key) {
    dnnl_memory_desc ours = builder.rowMajor(key.channels(), key.window());
    dnnl_memory_desc turned =
        builder.strided(new long[] {key.channels(), key.window()}, new long[] {1, key.channels()});
    builder.reorder(ours, 0, turned, 1);
  }
}
