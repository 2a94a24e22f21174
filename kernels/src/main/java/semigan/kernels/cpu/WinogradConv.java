package semigan.kernels.cpu;

import static semigan.kernels.cpu.Product.Epilogue.ADDED;
import static semigan.kernels.cpu.Product.Epilogue.NONE;

import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ConvKernels;
import semigan.kernels.DType;

/**
 * Convolutions 4x4 with stride 2 by {@link Winograd}'s minimal filtering: 2.56 times fewer
 * multiplications with tiles of 4x4 outputs, 1.78 times fewer with 2x2.
 *
 * <p>The image of even rows and columns and the three others, side by side as four times the
 * channels, turn such a convolution into one of 2x2 taps with stride 1. Its tiles become, for each
 * of their 25 or 9 points, one row of a matrix; so the convolution is as many matrix products,
 * {@code M [tiles, out] = V [tiles, depth] U' [depth, out]} with {@code depth = 4 in}. Both
 * gradients are the adjoints of the same maps.
 */
final class WinogradConv implements ConvKernels {
  /** With fewer, rows are too short for the transforms' loops. */
  private static final int FEWEST_CHANNELS = 16;

  /** Share of a tile's pixels that must lie inside the image, on average. */
  private static final double LEAST_INSIDE = 0.6;

  /** Elements of a part's tiles, if it has several images: 8 MiB, which stay in a shared cache. */
  private static final long PART = 1 << 21;

  /** Elements of an image's tiles: 16 MiB. */
  private static final long MOST_ELEMENTS = 1 << 22;

  private final Winograd form;
  private final int fewestPixels;
  private final Plans plans;
  private final Backend backend;
  private final WinogradTiles tiles;
  private final WinogradFilters filters;

  /**
   * @param fewestPixels of the output in all images: with fewer, transforming the filter costs
   *     training more than the rest saves
   */
  WinogradConv(
      Winograd form,
      int fewestPixels,
      Plans plans,
      Workers workers,
      WinogradFilters filters,
      Backend backend) {
    this.form = form;
    this.fewestPixels = fewestPixels;
    this.plans = plans;
    this.backend = backend;
    tiles = new WinogradTiles(form, workers);
    this.filters = filters;
  }

  /** Whether the products saved outweigh the transforms, the filter's above all. */
  boolean takes(Conv2dGeometry g, DType type) {
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
    int inTiles = tiles.layout(g).tiles() * form.outputs() * form.outputs();
    return type == DType.F32
        && halves
        && reachesAll
        && Math.min(g.inChannels(), g.outChannels()) >= FEWEST_CHANNELS
        && pixels >= fewestPixels
        && pixels >= LEAST_INSIDE * inTiles
        && elementsOfImage(g) <= MOST_ELEMENTS
        && WinogradFilters.fits(form, g.inChannels(), g.outChannels());
  }

  @Override
  public void forward(Conv2dGeometry g, Buffer x, Buffer w, Buffer y) {
    CpuBuffer u = pointsOf(g, w);
    forEachPart(
        g,
        (layout, v, m, part) -> {
          tiles.gather(layout, part.input(x).floats(), v.floats());
          toOutputs(layout, v, u, m);
          tiles.collect(layout, m.floats(), part.output(y).floats());
        });
  }

  @Override
  public void backwardInput(Conv2dGeometry g, Buffer dy, Buffer w, Buffer dx) {
    CpuBuffer u = pointsOf(g, w);
    forEachPart(
        g,
        (layout, v, m, part) -> {
          tiles.spread(layout, part.output(dy).floats(), m.floats());
          toInputs(layout, m, u, v);
          tiles.scatter(layout, v.floats(), part.input(dx).floats());
        });
  }

  @Override
  public void backwardWeight(Conv2dGeometry g, Buffer x, Buffer dy, Buffer dw) {
    try (var du = allocatePoints(g)) {
      forEachPart(
          g,
          (layout, v, m, part) -> {
            tiles.gather(layout, part.input(x).floats(), v.floats());
            tiles.spread(layout, part.output(dy).floats(), m.floats());
            toFilter(layout, part, v, m, du.buffer());
          });
      toFilter(g, du.buffer(), dw);
    }
  }

  /** The gradient of the output is spread over the tiles once for both. */
  @Override
  public void backward(Conv2dGeometry g, Buffer x, Buffer w, Buffer dy, Buffer dx, Buffer dw) {
    CpuBuffer u = pointsOf(g, w);
    try (var du = allocatePoints(g)) {
      forEachPart(
          g,
          (layout, v, m, part) -> {
            tiles.spread(layout, part.output(dy).floats(), m.floats());
            toInputs(layout, m, u, v);
            tiles.scatter(layout, v.floats(), part.input(dx).floats());
            tiles.gather(layout, part.input(x).floats(), v.floats());
            toFilter(layout, part, v, m, du.buffer());
          });
      toFilter(g, du.buffer(), dw);
    }
  }

  /** The gradient of the output, here a large image, is gathered into tiles once for both. */
  @Override
  public void transposedBackward(
      Conv2dGeometry g, Buffer x, Buffer w, Buffer dy, Buffer dx, Buffer dw) {
    CpuBuffer u = pointsOf(g, w);
    try (var du = allocatePoints(g)) {
      forEachPart(
          g,
          (layout, v, m, part) -> {
            tiles.gather(layout, part.input(dy).floats(), v.floats());
            toOutputs(layout, v, u, m);
            tiles.collect(layout, m.floats(), part.output(dx).floats());
            tiles.spread(layout, part.output(x).floats(), m.floats());
            toFilter(layout, part, v, m, du.buffer());
          });
      toFilter(g, du.buffer(), dw);
    }
  }

  /** {@code M = V U'}. */
  private void toOutputs(WinogradTiles.Layout layout, CpuBuffer v, CpuBuffer u, CpuBuffer m) {
    product(
        new Product(ofInputs(layout), ofFilter(layout).turned(), ofOutputs(layout), NONE), v, u, m);
  }

  /** {@code dV = dM U}. */
  private void toInputs(WinogradTiles.Layout layout, CpuBuffer m, CpuBuffer u, CpuBuffer v) {
    product(new Product(ofOutputs(layout), ofFilter(layout), ofInputs(layout), NONE), m, u, v);
  }

  /** {@code dU = dM' V}, summed over the parts of a batch. */
  private void toFilter(
      WinogradTiles.Layout layout, BatchPart part, CpuBuffer v, CpuBuffer m, CpuBuffer du) {
    var epilogue = part.isFirst() ? NONE : ADDED;
    product(
        new Product(ofOutputs(layout).turned(), ofInputs(layout), ofFilter(layout), epilogue),
        m,
        v,
        du);
  }

  private Matrices ofInputs(WinogradTiles.Layout layout) {
    return atPoints(layout.tiles(), layout.depth());
  }

  private Matrices ofOutputs(WinogradTiles.Layout layout) {
    return atPoints(layout.tiles(), layout.geometry().outChannels());
  }

  private Matrices ofFilter(WinogradTiles.Layout layout) {
    return atPoints(layout.geometry().outChannels(), layout.depth());
  }

  /** One matrix for each point. */
  private Matrices atPoints(long rows, long columns) {
    return Matrices.several(
        DType.F32, form.tilePoints(), rows, columns, Winograd.apart(rows * columns));
  }

  private CpuBuffer pointsOf(Conv2dGeometry g, Buffer w) {
    return filters.atPoints(form, CpuBuffer.reading(w), g.inChannels(), g.outChannels());
  }

  private Temporary allocatePoints(Conv2dGeometry g) {
    return allocate(WinogradFilters.length(form, g.inChannels(), g.outChannels()));
  }

  /** Makes of a gradient at the points that of the filter. */
  private void toFilter(Conv2dGeometry g, CpuBuffer du, Buffer dw) {
    filters.fromPoints(form, du, g.inChannels(), g.outChannels(), CpuBuffer.of(dw));
  }

  /** Elements of one image's tiles, of its inputs or its outputs, whichever are more. */
  private long elementsOfImage(Conv2dGeometry g) {
    var layout = tiles.layout(g);
    long columns = Math.max(layout.depth(), g.outChannels());
    return form.tilePoints() * layout.tilesOfImage() * columns;
  }

  private interface PartBody {
    void run(WinogradTiles.Layout layout, CpuBuffer v, CpuBuffer m, BatchPart part);
  }

  /** In parts, which bounds the memory for tiles. */
  private void forEachPart(Conv2dGeometry g, PartBody body) {
    for (BatchPart part : BatchPart.of(g, (int) Math.max(1, PART / elementsOfImage(g)))) {
      var layout = tiles.layout(part.geometry());
      try (var v = allocate(form.tilePoints() * layout.pointStride(layout.depth()));
          var m = allocate(form.tilePoints() * layout.pointStride(g.outChannels()))) {
        body.run(layout, v.buffer(), m.buffer(), part);
      }
    }
  }

  private Temporary allocate(long length) {
    return Temporary.allocate(backend, DType.F32, length);
  }

  private void product(Product product, CpuBuffer a, CpuBuffer b, CpuBuffer c) {
    plans.get(product, product::describe).run(a, b, c);
  }
}
