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

  /** Images of even or odd rows and columns. */
  private static final int PHASES = 4;

  /** With fewer, rows are too short for the transforms' loops. */
  private static final int FEWEST_CHANNELS = 16;

  /** With fewer output pixels, transforming the filter costs more than is saved (measured). */
  private static final int FEWEST_PIXELS = 1024;

  /** Share of a tile's pixels that must lie inside the image, on average. */
  private static final double LEAST_INSIDE = 0.6;

  /** Elements of a piece of a transformed filter: 4 MiB. */
  private static final long CACHED = 1 << 20;

  /** Elements of a part's tiles: 16 MiB. */
  private static final long MOST_ELEMENTS = 1 << 22;

  /** Elements of a transformed filter: more than 256 MiB are not worth the time saved. */
  private static final long LARGEST_FILTER = 1 << 26;

  private record TransposeKey(long channels, long window) {}

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
  static boolean takes(Conv2dGeometry g, DType type) {
    boolean halves =
        g.kernelHeight() == 4
            && g.kernelWidth() == 4
            && g.strideHeight() == 2
            && g.strideWidth() == 2;
    // A last row or column that no window reaches would be left out of the input's gradient.
    boolean reachesAll =
        g.inHeight() <= 2 * g.outHeight() + 2 - g.padTop()
            && g.inWidth() <= 2 * g.outWidth() + 2 - g.padLeft();
    int pixels = g.batch() * g.outHeight() * g.outWidth();
    int inTiles = new WinogradTiles.Layout(g).tiles() * Winograd.OUTPUTS * Winograd.OUTPUTS;
    return type == DType.F32
        && halves
        && reachesAll
        && Math.min(g.inChannels(), g.outChannels()) >= FEWEST_CHANNELS
        && pixels >= FEWEST_PIXELS
        && pixels >= LEAST_INSIDE * inTiles
        && elementsOfImage(g) <= MOST_ELEMENTS
        && filterLength(g.inChannels(), g.outChannels()) <= LARGEST_FILTER;
  }

  @Override
  public void forward(Conv2dGeometry g, Buffer x, Buffer w, Buffer y) {
    int in = g.inChannels();
    int out = g.outChannels();
    forEachPart(
        g,
        (layout, v, m, part) -> {
          tiles.gather(layout, part.input(x).floats(), v.floats());
          Matrices all = Matrices.of(layout.tiles(), out);
          int pieces = piecesOfFilter(in, out);
          for (int piece = 0; piece < pieces; piece++) {
            int first = out * piece / pieces;
            int count = out * (piece + 1) / pieces - first;
            CpuBuffer some =
                CpuBuffer.of(w.slice((long) first * g.window(), (long) count * g.window()));
            CpuBuffer u = filterWithOutputsLast(some, in, count);
            product(
                new Product(
                    Matrices.of(layout.tiles(), layout.depth()),
                    Matrices.of(layout.depth(), count),
                    all.columns(count),
                    false),
                v,
                u,
                m.from(first));
            backend.release(u);
          }
          tiles.collect(layout, m.floats(), part.output(y).floats());
        });
  }

  private CpuBuffer filterWithOutputsLast(CpuBuffer w, int in, int out) {
    var turn = new TransposeKey(out, 16L * in);
    CpuBuffer turned = allocate(w.length());
    plans.get(turn, builder -> describeTranspose(builder, turn)).run(w, turned);
    CpuBuffer u = allocateFilter(in, out);
    filters.transform(WinogradFilter.Blocks.outputsLast(in, out), turned.floats(), u.floats());
    backend.release(turned);
    return u;
  }

  @Override
  public void backwardInput(Conv2dGeometry g, Buffer dy, Buffer w, Buffer dx) {
    int in = g.inChannels();
    int out = g.outChannels();
    boolean whole = piecesOfFilter(in, out) == 1;
    int columns = whole ? PHASES * in : in;
    forEachPart(
        g,
        (layout, v, m, part) -> {
          tiles.spread(layout, part.output(dy).floats(), m.floats());
          Matrices all = Matrices.of(layout.tiles(), layout.depth());
          for (int phase = 0; phase < (whole ? 1 : PHASES); phase++) {
            var blocks =
                whole
                    ? WinogradFilter.Blocks.outputsFirst(in, out)
                    : WinogradFilter.Blocks.onePhase(in, out, phase);
            CpuBuffer u = allocate(POINTS * (long) blocks.pointStride());
            filters.transform(blocks, CpuBuffer.of(w).floats(), u.floats());
            product(
                new Product(
                    Matrices.of(layout.tiles(), out),
                    Matrices.of(out, columns),
                    all.columns(columns),
                    false),
                m,
                u,
                v.from((long) phase * in));
            backend.release(u);
          }
          tiles.scatter(layout, v.floats(), part.input(dx).floats());
        });
  }

  @Override
  public void backwardWeight(Conv2dGeometry g, Buffer x, Buffer dy, Buffer dw) {
    int in = g.inChannels();
    int out = g.outChannels();
    CpuBuffer u = allocateFilter(in, out);
    forEachPart(
        g,
        (layout, v, m, part) -> {
          tiles.gather(layout, part.input(x).floats(), v.floats());
          tiles.spread(layout, part.output(dy).floats(), m.floats());
          product(
              new Product(
                  Matrices.of(layout.tiles(), out).turned(),
                  Matrices.of(layout.tiles(), layout.depth()),
                  Matrices.of(out, layout.depth()),
                  part.first() > 0),
              m,
              v,
              u);
        });
    filters.transformBackward(
        WinogradFilter.Blocks.outputsFirst(in, out), u.floats(), CpuBuffer.of(dw).floats());
    backend.release(u);
  }

  /** In how many pieces a filter is used, so that one fits the cache between its two uses. */
  private static int piecesOfFilter(int in, int out) {
    return (int) Math.min(out / FEWEST_CHANNELS, (filterLength(in, out) + CACHED - 1) / CACHED);
  }

  /** Elements of a transformed filter. */
  private static long filterLength(int in, int out) {
    return (long) POINTS * PHASES * in * out;
  }

  /** Elements of one image's tiles, of its inputs or its outputs, whichever are more. */
  private static long elementsOfImage(Conv2dGeometry g) {
    long columns = Math.max(PHASES * g.inChannels(), g.outChannels());
    return POINTS * new WinogradTiles.Layout(g).tilesOfImage() * columns;
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
    int most = (int) (MOST_ELEMENTS / elementsOfImage(g));
    int parts = (g.batch() + most - 1) / most;
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

  private CpuBuffer allocateFilter(int in, int out) {
    return allocate(POINTS * Winograd.apart((long) PHASES * in * out));
  }

  private CpuBuffer allocate(long length) {
    return CpuBuffer.of(backend.allocate(DType.F32, length));
  }

  /** One matrix for each point, in rows that may be part of longer ones. */
  private record Matrices(
      long rows, long columns, long rowStride, long columnStride, long pointStride) {
    static Matrices of(long rows, long columns) {
      return new Matrices(rows, columns, columns, 1, Winograd.apart(rows * columns));
    }

    /** Some neighbouring columns. */
    Matrices columns(long count) {
      return new Matrices(rows, count, rowStride, columnStride, pointStride);
    }

    Matrices turned() {
      return new Matrices(columns, rows, columnStride, rowStride, pointStride);
    }

    dnnl_memory_desc describe(PlanBuilder builder) {
      return builder.strided(
          new long[] {POINTS, rows, columns}, new long[] {pointStride, rowStride, columnStride});
    }
  }

  /**
   * {@code c = a b} at each point.
   *
   * @param added whether to what is in {@code c}
   */
  private record Product(Matrices a, Matrices b, Matrices c, boolean added) {
    void describe(PlanBuilder builder) {
      dnnl_memory_desc left = a.describe(builder);
      dnnl_memory_desc right = b.describe(builder);
      dnnl_memory_desc result = c.describe(builder);
      dnnl_primitive_attr attributes = added ? builder.attributesWithSum() : builder.attributes();
      dnnl_primitive_desc descriptor = builder.descriptor();
      OneDnn.check(
          dnnl_matmul_primitive_desc_create(
              descriptor, builder.engine(), left, right, null, result, attributes),
          this);
      builder.step(
          descriptor,
          at(DNNL_ARG_SRC, left, 0),
          at(DNNL_ARG_WEIGHTS, right, 1),
          at(DNNL_ARG_DST, result, 2));
    }
  }

  private void product(Product product, CpuBuffer a, CpuBuffer b, CpuBuffer c) {
    plans.get(product, product::describe).run(a, b, c);
  }

  /** From {@code [out, 4, 4, in]} to {@code [4, 4, in, out]}. */
  private static void describeTranspose(PlanBuilder builder, TransposeKey key) {
    dnnl_memory_desc ours = builder.rowMajor(key.channels(), key.window());
    dnnl_memory_desc turned =
        builder.strided(new long[] {key.channels(), key.window()}, new long[] {1, key.channels()});
    builder.reorder(ours, 0, turned, 1);
  }
}
