package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

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

  private final Plans plans;
  private final ConvByProduct products;
  private final WholeImageConv wholeImages;
  private final WinogradConv winograd;

  CpuConv(Plans plans, Workers workers, Widening widening, Backend backend) {
    this.plans = plans;
    winograd = new WinogradConv(plans, workers, backend);
    products = new ConvByProduct(workers, widening, backend);
    wholeImages = new WholeImageConv(backend);
  }

  @Override
  public void forward(Conv2dGeometry geometry, Buffer x, Buffer w, Buffer y) {
    if (WholeImageConv.fits(geometry)) {
      wholeImages.forward(geometry, x, w, y);
    } else if (WinogradConv.takes(geometry, x.type())) {
      winograd.forward(geometry, x, w, y);
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
    } else if (ConvByProduct.hasFewInputChannels(geometry)) {
      products.backwardInputByColumns(geometry, dy, w, dx);
    } else if (WinogradConv.takes(geometry, dy.type())) {
      winograd.backwardInput(geometry, dy, w, dx);
    } else {
      run(ConvDirection.BACKWARD_INPUT, geometry, dx, w, dy);
    }
  }

  @Override
  public void backwardWeight(Conv2dGeometry geometry, Buffer x, Buffer dy, Buffer dw) {
    if (WholeImageConv.fits(geometry)) {
      wholeImages.backwardWeight(geometry, x, dy, dw);
    } else if (WinogradConv.takes(geometry, x.type())) {
      winograd.backwardWeight(geometry, x, dy, dw);
    } else if (ConvByProduct.isStridedBf16(geometry, x.type())) {
      products.backwardWeightByColumns(geometry, x, dy, dw);
    } else {
      run(ConvDirection.BACKWARD_WEIGHT, geometry, x, dw, dy);
    }
  }

  @Override
  public void backward(
      Conv2dGeometry geometry, Buffer x, Buffer w, Buffer dy, Buffer dx, Buffer dw) {
    if (WinogradConv.takes(geometry, dy.type())) {
      winograd.backward(geometry, x, w, dy, dx, dw);
    } else {
      ConvKernels.super.backward(geometry, x, w, dy, dx, dw);
    }
  }

  @Override
  public void transposedBackward(
      Conv2dGeometry geometry, Buffer x, Buffer w, Buffer dy, Buffer dx, Buffer dw) {
    if (WinogradConv.takes(geometry, dy.type())) {
      winograd.transposedBackward(geometry, x, w, dy, dx, dw);
    } else {
      ConvKernels.super.transposedBackward(geometry, x, w, dy, dx, dw);
    }
  }

  /** Frees what is kept from one call for the next. */
  void trim() {
    winograd.trim();
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
    private final dnnl_memory_desc x;
    private final dnnl_memory_desc y;
    private final dnnl_memory_desc ours;
    private final dnnl_memory_desc any;
    private final long[] strides;
    private final long[] before;
    private final long[] after;

    Recipe(PlanBuilder builder, Conv2dGeometry g, DType type) {
      this.builder = builder;
      x = builder.images(type, g.batch(), g.inHeight(), g.inWidth(), g.inChannels());
      y = builder.images(type, g.batch(), g.outHeight(), g.outWidth(), g.outChannels());
      // A filter [out, kh, kw, in] lies in memory as a batch of images does.
      ours =
          builder.images(type, g.outChannels(), g.kernelHeight(), g.kernelWidth(), g.inChannels());
      any = builder.any(type, g.outChannels(), g.inChannels(), g.kernelHeight(), g.kernelWidth());
      strides = new long[] {g.strideHeight(), g.strideWidth()};
      before = new long[] {g.padTop(), g.padLeft()};
      after = new long[] {g.padBottom(), g.padRight()};
    }

    void forward() {
      dnnl_primitive_desc descriptor = forwardDescriptor();
      dnnl_memory_desc theirs = builder.chosen(descriptor, dnnl_query_weights_md);
      int w = filterFor(theirs);
      builder.step(
          descriptor,
          at(DNNL_ARG_SRC, x, X),
          at(DNNL_ARG_WEIGHTS, theirs, w),
          at(DNNL_ARG_DST, y, Y));
    }

    void backwardInput() {
      dnnl_primitive_desc descriptor = builder.descriptor();
      OneDnn.check(
          dnnl_convolution_backward_data_primitive_desc_create(
              descriptor,
              builder.engine(),
              dnnl_convolution_direct,
              x,
              any,
              y,
              strides,
              DENSE,
              before,
              after,
              forwardDescriptor(),
              builder.attributes()),
          "the backward of a convolution");
      dnnl_memory_desc theirs = builder.chosen(descriptor, dnnl_query_weights_md);
      int w = filterFor(theirs);
      builder.step(
          descriptor,
          at(DNNL_ARG_DIFF_DST, y, Y),
          at(DNNL_ARG_WEIGHTS, theirs, w),
          at(DNNL_ARG_DIFF_SRC, x, X));
    }

    void backwardWeight() {
      dnnl_primitive_desc descriptor = builder.descriptor();
      OneDnn.check(
          dnnl_convolution_backward_weights_primitive_desc_create(
              descriptor,
              builder.engine(),
              dnnl_convolution_direct,
              x,
              any,
              null,
              y,
              strides,
              DENSE,
              before,
              after,
              forwardDescriptor(),
              builder.attributes()),
          "the filter gradient of a convolution");
      dnnl_memory_desc theirs = builder.chosen(descriptor, dnnl_query_diff_weights_md);
      boolean same = dnnl_memory_desc_equal(theirs, ours) != 0;
      int dw = same ? W : builder.temporary(theirs);
      builder.step(
          descriptor,
          at(DNNL_ARG_SRC, x, X),
          at(DNNL_ARG_DIFF_DST, y, Y),
          at(DNNL_ARG_DIFF_WEIGHTS, theirs, dw));
      if (!same) {
        builder.reorder(theirs, dw, ours, W);
      }
    }

    private dnnl_primitive_desc forwardDescriptor() {
      dnnl_primitive_desc descriptor = builder.descriptor();
      OneDnn.check(
          dnnl_convolution_forward_primitive_desc_create(
              descriptor,
              builder.engine(),
              dnnl_forward_training,
              dnnl_convolution_direct,
              x,
              any,
              null,
              y,
              strides,
              DENSE,
              before,
              after,
              builder.attributes()),
          "a convolution");
      return descriptor;
    }

    /** The place of the filter in the primitive's order. */
    private int filterFor(dnnl_memory_desc theirs) {
      if (dnnl_memory_desc_equal(theirs, ours) != 0) {
        return W;
      }
      int copy = builder.temporary(theirs);
      builder.reorder(ours, W, theirs, copy);
      return copy;
    }
  }
}
