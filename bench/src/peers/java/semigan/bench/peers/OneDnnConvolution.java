package semigan.bench.peers;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import semigan.bench.DcganConvolutions.Convolution;
import semigan.kernels.Conv2dGeometry;

/**
 * A convolution as oneDNN does it by itself, on random data: one primitive that finds everything in
 * the order in which it wants it, so that nothing is copied around it.
 */
final class OneDnnConvolution implements AutoCloseable {
  private static final dnnl_primitive_attr DEFAULTS = null;
  private static final long[] DENSE = {0, 0};

  private final dnnl_engine engine;
  private final dnnl_stream stream;
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final List<dnnl_memory_desc> layouts = new ArrayList<>();
  private final List<dnnl_primitive_desc> descriptors = new ArrayList<>();
  private final List<dnnl_memory> memories = new ArrayList<>();
  private final List<Pointer> allocations = new ArrayList<>();
  private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(3);
  private final int type;
  private final Conv2dGeometry geometry;

  /**
   * @param blocked whether oneDNN may choose the order of the images too, not just the filter's;
   *     else they are NHWC
   */
  OneDnnConvolution(
      dnnl_engine engine,
      dnnl_stream stream,
      Convolution convolution,
      boolean bf16,
      boolean blocked) {
    this.engine = engine;
    this.stream = stream;
    this.geometry = convolution.geometry();
    this.type = bf16 ? dnnl_bf16 : dnnl_f32;
    Conv2dGeometry g = geometry;
    dnnl_memory_desc x = images(blocked, g.inChannels(), g.inHeight(), g.inWidth());
    dnnl_memory_desc y = images(blocked, g.outChannels(), g.outHeight(), g.outWidth());
    dnnl_memory_desc w =
        layout(
            dnnl_format_tag_any,
            g.outChannels(),
            g.inChannels(),
            g.kernelHeight(),
            g.kernelWidth());
    dnnl_primitive_desc forward = forward(x, w, y);
    switch (convolution.direction()) {
      case FORWARD -> {
        create(forward);
        argument(0, forward, DNNL_ARG_SRC, dnnl_query_src_md);
        argument(1, forward, DNNL_ARG_WEIGHTS, dnnl_query_weights_md);
        argument(2, forward, DNNL_ARG_DST, dnnl_query_dst_md);
      }
      case BACKWARD_INPUT -> {
        dnnl_primitive_desc backward = backwardInput(x, w, y, forward);
        create(backward);
        argument(0, backward, DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md);
        argument(1, backward, DNNL_ARG_WEIGHTS, dnnl_query_weights_md);
        argument(2, backward, DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md);
      }
      case BACKWARD_WEIGHT -> {
        dnnl_primitive_desc backward = backwardWeight(x, w, y, forward);
        create(backward);
        argument(0, backward, DNNL_ARG_SRC, dnnl_query_src_md);
        argument(1, backward, DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md);
        argument(2, backward, DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md);
      }
      default -> throw new IllegalArgumentException(convolution.toString());
    }
  }

  /** The time of its fastest run, in milliseconds. */
  double best(int runs) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      check(dnnl_primitive_execute(primitive, stream, 3, arguments), "running it");
      check(dnnl_stream_wait(stream), "waiting");
      best = Math.min(best, (System.nanoTime() - start) / 1e6);
    }
    return best;
  }

  private dnnl_memory_desc images(boolean blocked, int channels, int height, int width) {
    int order = blocked ? dnnl_format_tag_any : dnnl_nhwc;
    return layout(order, geometry.batch(), channels, height, width);
  }

  private dnnl_memory_desc layout(int order, long... sizes) {
    dnnl_memory_desc layout = new dnnl_memory_desc();
    layouts.add(layout);
    check(dnnl_memory_desc_create_with_tag(layout, sizes.length, sizes, type, order), "a layout");
    return layout;
  }

  private dnnl_primitive_desc descriptor() {
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    descriptors.add(descriptor);
    return descriptor;
  }

  private dnnl_primitive_desc forward(dnnl_memory_desc x, dnnl_memory_desc w, dnnl_memory_desc y) {
    dnnl_primitive_desc descriptor = descriptor();
    check(
        dnnl_convolution_forward_primitive_desc_create(
            descriptor,
            engine,
            dnnl_forward_training,
            dnnl_convolution_direct,
            x,
            w,
            null,
            y,
            strides(),
            DENSE,
            before(),
            after(),
            DEFAULTS),
        "a convolution");
    return descriptor;
  }

  private dnnl_primitive_desc backwardInput(
      dnnl_memory_desc x, dnnl_memory_desc w, dnnl_memory_desc y, dnnl_primitive_desc forward) {
    dnnl_primitive_desc descriptor = descriptor();
    check(
        dnnl_convolution_backward_data_primitive_desc_create(
            descriptor,
            engine,
            dnnl_convolution_direct,
            x,
            w,
            y,
            strides(),
            DENSE,
            before(),
            after(),
            forward,
            DEFAULTS),
        "the gradient of its input");
    return descriptor;
  }

  private dnnl_primitive_desc backwardWeight(
      dnnl_memory_desc x, dnnl_memory_desc w, dnnl_memory_desc y, dnnl_primitive_desc forward) {
    dnnl_primitive_desc descriptor = descriptor();
    check(
        dnnl_convolution_backward_weights_primitive_desc_create(
            descriptor,
            engine,
            dnnl_convolution_direct,
            x,
            w,
            null,
            y,
            strides(),
            DENSE,
            before(),
            after(),
            forward,
            DEFAULTS),
        "the gradient of its filter");
    return descriptor;
  }

  private long[] strides() {
    return new long[] {geometry.strideHeight(), geometry.strideWidth()};
  }

  private long[] before() {
    return new long[] {geometry.padTop(), geometry.padLeft()};
  }

  private long[] after() {
    return new long[] {geometry.padBottom(), geometry.padRight()};
  }

  private void create(dnnl_primitive_desc descriptor) {
    check(dnnl_primitive_create(primitive, descriptor), "a primitive");
  }

  /** Memory in the order that the primitive asks for, with random numbers in it. */
  private void argument(int index, dnnl_primitive_desc descriptor, int role, int query) {
    dnnl_memory_desc layout = dnnl_primitive_desc_query_md(descriptor, query, 0);
    long bytes = dnnl_memory_desc_get_size(layout);
    Pointer data = Pointer.malloc(bytes);
    fill(new BytePointer(data).capacity(bytes));
    dnnl_memory memory = new dnnl_memory();
    check(dnnl_memory_create(memory, layout, engine, data), "memory");
    memories.add(memory);
    allocations.add(data);
    arguments.position(index).arg(role).memory(memory);
    arguments.position(0);
  }

  /**
   * Normal numbers of the type, without a denormal among them, which would slow a convolution down.
   */
  private void fill(BytePointer target) {
    byte[] pattern = new byte[1 << 16];
    new Random(1).nextBytes(pattern);
    // Sign and exponent are the last bytes: between 1/8 and 2 in size.
    int width = type == dnnl_bf16 ? Short.BYTES : Float.BYTES;
    for (int i = width - 1; i < pattern.length; i += width) {
      pattern[i] = (byte) (pattern[i] & 0x80 | 0x3E | pattern[i] & 1);
    }
    for (long at = 0; at < target.capacity(); at += pattern.length) {
      int length = (int) Math.min(pattern.length, target.capacity() - at);
      target.position(at).put(pattern, 0, length);
    }
  }

  private static void check(int status, String what) {
    if (status != dnnl_success) {
      throw new IllegalStateException("oneDNN: %s: status %d".formatted(what, status));
    }
  }

  @Override
  public void close() {
    dnnl_primitive_destroy(primitive);
    memories.forEach(memory -> dnnl_memory_destroy(memory));
    descriptors.forEach(descriptor -> dnnl_primitive_desc_destroy(descriptor));
    layouts.forEach(layout -> dnnl_memory_desc_destroy(layout));
    allocations.forEach(Pointer::free);
  }
}
