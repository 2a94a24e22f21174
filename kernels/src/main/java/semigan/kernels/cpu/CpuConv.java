package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ConvDirection;
import semigan.kernels.ConvKernels;
import semigan.kernels.DType;
import semigan.kernels.WholeImageConv;

/**
 * Convolution by oneDNN. Images stay NHWC; the filter is copied into, or out of, the blocked order
 * that the primitive asks for, which costs a few percent of the convolution.
 */
final class CpuConv implements ConvKernels {
  private record Key(ConvDirection direction, Conv2dGeometry geometry, DType type) {}

  private static final int X = 0;
  private static final int W = 1;
  private static final int Y = 2;

  /**
   * Output pixels from which on larger tiles save training more than their larger filter costs it
   * (measured in the DCGAN's step: 512 are too few, 1024 enough; drawing, whose filters stay, is as
   * fast by either form at 256 and 512).
   */
  private static final int LEAST_FOR_LARGE_TILES = 1024;

  /** The same for smaller tiles, beside oneDNN's convolution (measured: 32 are enough). */
  private static final int LEAST_FOR_SMALL_TILES = 32;

  private final Plans plans;
  private final ConvByProduct products;
  private final WholeImageConv wholeImages;
  private final WinogradFilters filters;
  private final List<WinogradConv> winograds;

  CpuConv(Plans plans, Workers workers, Widening widening, Backend backend) {
    this.plans = plans;
    filters = new WinogradFilters(workers);
    winograds =
        List.of(
            new WinogradConv(
                new WinogradF42(), LEAST_FOR_LARGE_TILES, plans, workers, filters, backend),
            new WinogradConv(
                new WinogradF22(), LEAST_FOR_SMALL_TILES, plans, workers, filters, backend));
    products = new ConvByProduct(plans, workers, widening, backend);
    wholeImages = new WholeImageConv(backend);
  }

  @Override
  public void forward(Conv2dGeometry geometry, Buffer x, Buffer w, Buffer y) {
    if (WholeImageConv.fits(geometry)) {
      wholeImages.forward(geometry, x, w, y);
      return;
    }
    Optional<WinogradConv> winograd = winograd(geometry, x.type());
    if (winograd.isPresent()) {
      winograd.get().forward(geometry, x, w, y);
    } else if (ConvByProduct.hasLargeFilterBf16(geometry, x.type())) {
      products.forwardByColumns(geometry, x, w, y);
    } else {
      run(ConvDirection.FORWARD, geometry, x, w, y);
    }
  }

  @Override
  public void backwardInput(Conv2dGeometry geometry, Buffer dy, Buffer w, Buffer dx) {
    if (WholeImageConv.fits(geometry)) {
      wholeImages.backwardInput(geometry, dy, w, dx);
      return;
    }
    Optional<WinogradConv> winograd = winograd(geometry, dy.type());
    if (ConvByProduct.hasFewInputChannels(geometry)) {
      products.backwardInputByColumns(geometry, dy, w, dx);
    } else if (winograd.isPresent()) {
      winograd.get().backwardInput(geometry, dy, w, dx);
    } else {
      run(ConvDirection.BACKWARD_INPUT, geometry, dx, w, dy);
    }
  }

  @Override
  public void backwardWeight(Conv2dGeometry geometry, Buffer x, Buffer dy, Buffer dw) {
    if (WholeImageConv.fits(geometry)) {
      wholeImages.backwardWeight(geometry, x, dy, dw);
      return;
    }
    Optional<WinogradConv> winograd = winograd(geometry, x.type());
    if (winograd.isPresent()) {
      winograd.get().backwardWeight(geometry, x, dy, dw);
    } else if (ConvByProduct.isStridedBf16(geometry, x.type())) {
      products.backwardWeightByColumns(geometry, x, dy, dw);
    } else {
      run(ConvDirection.BACKWARD_WEIGHT, geometry, x, dw, dy);
    }
  }

  @Override
  public void backward(
      Conv2dGeometry geometry, Buffer x, Buffer w, Buffer dy, Buffer dx, Buffer dw) {
    Optional<WinogradConv> winograd = winograd(geometry, dy.type());
    if (winograd.isPresent()) {
      winograd.get().backward(geometry, x, w, dy, dx, dw);
    } else {
      ConvKernels.super.backward(geometry, x, w, dy, dx, dw);
    }
  }

  @Override
  public void transposedBackward(
      Conv2dGeometry geometry, Buffer x, Buffer w, Buffer dy, Buffer dx, Buffer dw) {
    Optional<WinogradConv> winograd = winograd(geometry, dy.type());
    if (winograd.isPresent()) {
      winograd.get().transposedBackward(geometry, x, w, dy, dx, dw);
    } else {
      ConvKernels.super.transposedBackward(geometry, x, w, dy, dx, dw);
    }
  }

  /** Frees what is kept from one call for the next. */
  void trim() {
    filters.trim();
  }

  /** The largest tiles whose transforms pay. */
  private Optional<WinogradConv> winograd(Conv2dGeometry geometry, DType type) {
    return winograds.stream().filter(form -> form.takes(geometry, type)).findFirst();
  }

  private void run(ConvDirection direction, Conv2dGeometry geometry, Buffer x, Buffer w, Buffer y) {
    plan(direction, geometry, x.type()).run(CpuBuffer.of(x), CpuBuffer.of(w), CpuBuffer.of(y));
  }

  private Plan plan(ConvDirection direction, Conv2dGeometry geometry, DType type) {
    return plans.get(
        new Key(direction, geometry, type),
        builder -> {
          Recipe recipe = new Recipe(builder, geometry, type);
          switch (direction) {
            case FORWARD -> recipe.forward();
            case BACKWARD_INPUT -> recipe.backwardInput();
            case BACKWARD_WEIGHT -> recipe.backwardWeight();
          }
        });
  }

  /** One convolution's descriptors. */
  private static final class Recipe {
    private static final long[] DENSE = {0, 0};

    private final PlanBuilder builder;
    private final Conv2dGeometry whole;
    private final DType type;
    private final List<Stretch> images;
    private final dnnl_memory_desc ours;

    Recipe(PlanBuilder builder, Conv2dGeometry g, DType type) {
      this.builder = builder;
      this.type = type;
      whole = g;
      images = builder.stretches(g.batch(), 1, Sharing.work(g.outputLength() * g.window()));
      // A filter [out, kh, kw, in] lies in memory as a batch of images does.
      ours =
          builder.images(type, g.outChannels(), g.kernelHeight(), g.kernelWidth(), g.inChannels());
    }

    void forward() {
      shareWithFilter(this::forwardDescriptor, DNNL_ARG_SRC, DNNL_ARG_DST);
    }

    void backwardInput() {
      shareWithFilter(this::backwardInputDescriptor, DNNL_ARG_DIFF_SRC, DNNL_ARG_DIFF_DST);
    }

    /**
     * What reads the filter, after it has been brought into the order that the primitives chose.
     */
    private void shareWithFilter(
        LongFunction<dnnl_primitive_desc> create, int roleOfX, int roleOfY) {
      Map<Stretch, dnnl_primitive_desc> descriptors = new HashMap<>();
      Map<Stretch, Integer> filters = new HashMap<>();
      dnnl_memory_desc last = ours;
      int place = W;
      for (Stretch stretch : images) {
        dnnl_primitive_desc descriptor = create.apply(stretch.count());
        dnnl_memory_desc theirs = builder.chosen(descriptor, dnnl_query_weights_md);
        if (dnnl_memory_desc_equal(theirs, last) == 0) {
          place = builder.temporary(theirs);
          builder.reorder(at(DNNL_ARG_FROM, ours, W), at(DNNL_ARG_TO, theirs, place));
          last = theirs;
        }
        descriptors.put(stretch, descriptor);
        filters.put(stretch, place);
      }
      builder.share(
          images,
          stretch -> {
            dnnl_primitive_desc descriptor = descriptors.get(stretch);
            dnnl_memory_desc theirs = builder.chosen(descriptor, dnnl_query_weights_md);
            builder.step(
                descriptor,
                x(roleOfX, stretch),
                at(DNNL_ARG_WEIGHTS, theirs, filters.get(stretch)),
                y(roleOfY, stretch));
          });
    }

    /** Each thread sums over its own images; the sums are then added. */
    void backwardWeight() {
      dnnl_memory_desc first =
          builder.chosen(
              backwardWeightDescriptor(images.get(0).count(), anyFilter(DType.F32)),
              dnnl_query_diff_weights_md);
      boolean direct = images.size() == 1 && dnnl_memory_desc_equal(first, ours) != 0;
      List<Integer> sums = new ArrayList<>();
      builder.share(
          images,
          stretch -> {
            int dw = direct ? W : builder.temporary(first);
            sums.add(dw);
            builder.step(
                backwardWeightDescriptor(stretch.count(), first),
                x(DNNL_ARG_SRC, stretch),
                y(DNNL_ARG_DIFF_DST, stretch),
                at(DNNL_ARG_DIFF_WEIGHTS, first, dw));
          });
      if (sums.size() > 1) {
        long length = dnnl_memory_desc_get_size(first) / Float.BYTES;
        builder.shareElements(length, stretch -> add(sums, stretch));
      }
      if (!direct) {
        builder.reorder(at(DNNL_ARG_FROM, first, sums.get(0)), at(DNNL_ARG_TO, ours, W));
      }
    }

    /** Adds all others to the first, whatever the order of their elements. */
    private void add(List<Integer> sums, Stretch stretch) {
      dnnl_memory_desc layout = builder.rowMajor(stretch.count());
      long offset = stretch.from() * Float.BYTES;
      for (int other : sums.subList(1, sums.size())) {
        dnnl_primitive_desc descriptor = builder.descriptor();
        OneDnn.check(
            dnnl_binary_primitive_desc_create(
                descriptor,
                builder.engine(),
                dnnl_binary_add,
                layout,
                layout,
                layout,
                builder.attributes()),
            "adding gradients");
        builder.step(
            descriptor,
            at(DNNL_ARG_SRC_0, layout, sums.get(0), offset),
            at(DNNL_ARG_SRC_1, layout, other, offset),
            at(DNNL_ARG_DST, layout, sums.get(0), offset));
      }
    }

    private Primitive.Argument x(int role, Stretch images) {
      long each = whole.inputLength() / whole.batch() * type.bytes();
      return at(role, inputs(images.count()), X, images.from() * each);
    }

    private Primitive.Argument y(int role, Stretch images) {
      long each = whole.outputLength() / whole.batch() * type.bytes();
      return at(role, outputs(images.count()), Y, images.from() * each);
    }

    private dnnl_memory_desc inputs(long count) {
      return builder.images(type, count, whole.inHeight(), whole.inWidth(), whole.inChannels());
    }

    private dnnl_memory_desc outputs(long count) {
      return builder.images(type, count, whole.outHeight(), whole.outWidth(), whole.outChannels());
    }

    private dnnl_memory_desc anyFilter(DType type) {
      return builder.any(
          type, whole.outChannels(), whole.inChannels(), whole.kernelHeight(), whole.kernelWidth());
    }

    private long[] strides() {
      return new long[] {whole.strideHeight(), whole.strideWidth()};
    }

    private long[] before() {
      return new long[] {whole.padTop(), whole.padLeft()};
    }

    private long[] after() {
      return new long[] {whole.padBottom(), whole.padRight()};
    }

    private dnnl_primitive_desc forwardDescriptor(long count) {
      dnnl_primitive_desc descriptor = builder.descriptor();
      OneDnn.check(
          dnnl_convolution_forward_primitive_desc_create(
              descriptor,
              builder.engine(),
              dnnl_forward_training,
              dnnl_convolution_direct,
              inputs(count),
              anyFilter(type),
              null,
              outputs(count),
              strides(),
              DENSE,
              before(),
              after(),
              builder.attributes()),
          "a convolution");
      return descriptor;
    }

    private dnnl_primitive_desc backwardInputDescriptor(long count) {
      dnnl_primitive_desc descriptor = builder.descriptor();
      OneDnn.check(
          dnnl_convolution_backward_data_primitive_desc_create(
              descriptor,
              builder.engine(),
              dnnl_convolution_direct,
              inputs(count),
              anyFilter(type),
              outputs(count),
              strides(),
              DENSE,
              before(),
              after(),
              forwardDescriptor(count),
              builder.attributes()),
          "the backward of a convolution");
      return descriptor;
    }

    private dnnl_primitive_desc backwardWeightDescriptor(long count, dnnl_memory_desc filter) {
      dnnl_primitive_desc descriptor = builder.descriptor();
      OneDnn.check(
          dnnl_convolution_backward_weights_primitive_desc_create(
              descriptor,
              builder.engine(),
              dnnl_convolution_direct,
              inputs(count),
              filter,
              null,
              outputs(count),
              strides(),
              DENSE,
              before(),
              after(),
              forwardDescriptor(count),
              builder.attributes()),
          "the filter gradient of a convolution");
      return descriptor;
    }
  }
}
