package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.ToIntFunction;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import semigan.kernels.DType;
import semigan.kernels.cpu.Primitive.Argument;

/** Makes a {@link Plan}, and forgets every descriptor that was needed on the way. */
final class PlanBuilder implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  /** Adds what is to be done for one stretch. */
  interface Part {
    void describe(Stretch stretch);
  }

  private final OneDnn library;
  private final Workers workers;
  private final Sharing sharing;
  private final Scratch scratch;
  private final List<dnnl_primitive_attr> allAttributes = new ArrayList<>();
  private final dnnl_primitive_attr attributes;
  private final List<dnnl_memory_desc> layouts = new ArrayList<>();
  private final List<dnnl_primitive_desc> descriptors = new ArrayList<>();
  private final List<Plan.Phase> phases = new ArrayList<>();
  private final List<Long> offsets = new ArrayList<>();
  private final StringJoiner names = new StringJoiner(" + ");
  private List<Primitive> part;
  private long temporaryBytes;

  /**
   * @param sharing among at most as many threads as there are workers
   */
  PlanBuilder(OneDnn library, Workers workers, Sharing sharing, Scratch scratch) {
    this.library = library;
    this.workers = workers;
    this.sharing = sharing;
    this.scratch = scratch;
    attributes = newAttributes();
  }

  private dnnl_primitive_attr newAttributes() {
    dnnl_primitive_attr created = new dnnl_primitive_attr();
    OneDnn.check(dnnl_primitive_attr_create(created), "attributes");
    allAttributes.add(created);
    OneDnn.check(
        dnnl_primitive_attr_set_scratchpad_mode(created, dnnl_scratchpad_mode_user),
        "choosing who owns scratch memory");
    return created;
  }

  dnnl_engine engine() {
    return library.engine();
  }

  dnnl_primitive_attr attributes() {
    return attributes;
  }

  /** For a primitive that applies LeakyReLU to what it writes. */
  dnnl_primitive_attr attributesWithLeakyRelu(float slope) {
    return attributesWith(ops -> dnnl_post_ops_append_eltwise(ops, dnnl_eltwise_relu, slope, 0));
  }

  /** For a primitive that adds to what is there. */
  dnnl_primitive_attr attributesWithSum() {
    return attributesWith(ops -> dnnl_post_ops_append_sum(ops, 1, 0, dnnl_data_type_undef));
  }

  private dnnl_primitive_attr attributesWith(ToIntFunction<dnnl_post_ops> append) {
    dnnl_primitive_attr extended = newAttributes();
    dnnl_post_ops after = new dnnl_post_ops();
    OneDnn.check(dnnl_post_ops_create(after), "a list of post-ops");
    try {
      OneDnn.check(append.applyAsInt(after), "a post-op");
      OneDnn.check(dnnl_primitive_attr_set_post_ops(extended, after), "adding a post-op");
    } finally {
      dnnl_post_ops_destroy(after);
    }
    return extended;
  }

  /** Row-major F32. */
  dnnl_memory_desc rowMajor(long... sizes) {
    return rowMajor(DType.F32, sizes);
  }

  dnnl_memory_desc rowMajor(DType type, long... sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    return strided(type, sizes, strides);
  }

  dnnl_memory_desc strided(DType type, long[] sizes, long[] strides) {
    dnnl_memory_desc layout = keep(new dnnl_memory_desc());
    OneDnn.check(
        dnnl_memory_desc_create_with_strides(
            layout, sizes.length, sizes, OneDnn.dataType(type), strides),
        "a layout");
    return layout;
  }

  /** As {@link #strided}, or null where oneDNN refuses the strides (they overlap). */
  dnnl_memory_desc stridedOrNull(DType type, long[] sizes, long[] strides) {
    dnnl_memory_desc layout = new dnnl_memory_desc();
    int status =
        dnnl_memory_desc_create_with_strides(
            layout, sizes.length, sizes, OneDnn.dataType(type), strides);
    return status == dnnl_success ? keep(layout) : null;
  }

  /** Images {@code [batch, height, width, channels]}; oneDNN always counts N, C, H, W. */
  dnnl_memory_desc images(DType type, long batch, long height, long width, long channels) {
    return strided(
        type,
        new long[] {batch, channels, height, width},
        new long[] {height * width * channels, 1, width * channels, channels});
  }

  /** In whatever order the primitive likes best. */
  dnnl_memory_desc any(DType type, long... sizes) {
    dnnl_memory_desc layout = keep(new dnnl_memory_desc());
    OneDnn.check(
        dnnl_memory_desc_create_with_tag(
            layout, sizes.length, sizes, OneDnn.dataType(type), dnnl_format_tag_any),
        "a layout");
    return layout;
  }

  private dnnl_memory_desc keep(dnnl_memory_desc layout) {
    layouts.add(layout);
    return layout;
  }

  /** A descriptor to be filled by a {@code dnnl_..._primitive_desc_create}. */
  dnnl_primitive_desc descriptor() {
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    descriptors.add(descriptor);
    return descriptor;
  }

  /** The layout that a primitive settled on; {@code what} is {@code dnnl_query_..._md}. */
  dnnl_memory_desc chosen(dnnl_primitive_desc descriptor, int what) {
    return dnnl_primitive_desc_query_md(descriptor, what, 0);
  }

  /** The name of the implementation, such as {@code jit:avx512_core}. */
  static String implementation(dnnl_primitive_desc descriptor) {
    try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
      OneDnn.check(
          dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, name), "a query");
      return name.get(BytePointer.class, 0).getString();
    }
  }

  /**
   * Goes on from the implementation that a descriptor has to the one of this name.
   *
   * @return false if there is none, which leaves the last of all
   */
  static boolean moveTo(String name, dnnl_primitive_desc descriptor) {
    while (!implementation(descriptor).equals(name)) {
      if (dnnl_primitive_desc_next_impl(descriptor) != dnnl_success) {
        return false;
      }
    }
    return true;
  }

  /** Whether the implementation is oneDNN's plain loop, right but slow. */
  static boolean isSlow(dnnl_primitive_desc descriptor) {
    return implementation(descriptor).startsWith("ref");
  }

  /** Memory that lives for one run of the plan. */
  int temporary(dnnl_memory_desc layout) {
    return temporary(dnnl_memory_desc_get_size(layout));
  }

  private int temporary(long bytes) {
    offsets.add(temporaryBytes);
    temporaryBytes += (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    return -offsets.size();
  }

  static Argument at(int role, dnnl_memory_desc layout, int place) {
    return at(role, layout, place, 0);
  }

  /**
   * @param offset bytes from the start of its place
   */
  static Argument at(int role, dnnl_memory_desc layout, int place, long offset) {
    return new Argument(role, layout, place, offset);
  }

  /** As {@link Sharing#of}. */
  List<Stretch> stretches(long extent, long grain, long work) {
    return sharing.of(extent, grain, work);
  }

  /** Appends what is done at the same time, each stretch as a part of its own. */
  void share(List<Stretch> stretches, Part body) {
    List<List<Primitive>> parts = new ArrayList<>();
    phases.add(new Plan.Phase(parts));
    for (Stretch stretch : stretches) {
      part = new ArrayList<>();
      parts.add(part);
      body.describe(stretch);
    }
    part = null;
  }

  void share(long extent, long grain, long work, Part body) {
    share(stretches(extent, grain, work), body);
  }

  /** Shares out elements that lie one behind another. */
  void shareElements(long count, Part body) {
    share(count, Sharing.LINE, count, body);
  }

  /** Appends a primitive: to the part that is being described, or as a phase of its own. */
  PlanBuilder step(dnnl_primitive_desc descriptor, Argument... arguments) {
    dnnl_memory_desc pad = dnnl_primitive_desc_query_md(descriptor, dnnl_query_scratchpad_md, 0);
    long padBytes = pad == null ? 0 : dnnl_memory_desc_get_size(pad);
    Argument[] all = arguments;
    if (padBytes > 0) {
      all = Arrays.copyOf(arguments, arguments.length + 1);
      all[arguments.length] = at(DNNL_ARG_SCRATCHPAD, pad, temporary(padBytes));
    }
    Primitive step = new Primitive(library, descriptor, all);
    if (part == null) {
      phases.add(new Plan.Phase(List.of(List.of(step))));
    } else {
      part.add(step);
    }
    // The parts of a phase do the same; the first one's names will do.
    if (phases.get(phases.size() - 1).parts().size() == 1) {
      names.add(implementation(descriptor));
    }
    return this;
  }

  /** Appends a copy from one layout to another. */
  PlanBuilder reorder(Argument from, Argument to) {
    dnnl_primitive_desc descriptor = descriptor();
    OneDnn.check(
        dnnl_reorder_primitive_desc_create(
            descriptor, from.layout(), engine(), to.layout(), engine(), attributes),
        "a reorder");
    return step(descriptor, from, to);
  }

  /** A copy from one layout to another, or null if oneDNN has no fast one. */
  dnnl_primitive_desc fastReorder(dnnl_memory_desc from, dnnl_memory_desc to) {
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    int status =
        dnnl_reorder_primitive_desc_create(descriptor, from, engine(), to, engine(), attributes);
    if (status != dnnl_success) {
      return null;
    }
    descriptors.add(descriptor);
    return isSlow(descriptor) ? null : descriptor;
  }

  Plan build() {
    List<Plan.Phase> complete = List.copyOf(phases);
    phases.clear();
    return new Plan(
        complete,
        names.toString(),
        workers,
        scratch,
        temporaryBytes,
        offsets.stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public void close() {
    // What is left here belongs to a recipe that failed half-way.
    phases.forEach(phase -> phase.parts().forEach(steps -> steps.forEach(Primitive::close)));
    descriptors.forEach(dnnl::dnnl_primitive_desc_destroy);
    layouts.forEach(dnnl::dnnl_memory_desc_destroy);
    allAttributes.forEach(dnnl::dnnl_primitive_attr_destroy);
  }
}
