package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import semigan.kernels.Backend;
import semigan.kernels.BinaryOp;
import semigan.kernels.BroadcastGeometry;
import semigan.kernels.DType;
import semigan.kernels.StridedCopy;

/**
 * Functions of two broadcast operands by oneDNN. Neighbouring axes that broadcast alike are merged
 * first, so that a bias is always {@code [rows, columns] + [1, columns]}.
 */
final class Broadcast {
  private record Key(BinaryOp op, Axes axes, DType type) {
    /** Bytes to where a stretch of the outermost axis begins. */
    long offset(Stretch rows, ToLongFunction<Axes.Axis> side) {
      long size = side.applyAsLong(axes.axes().get(0));
      return size == 1 ? 0 : rows.from() * (axes.elements(side) / size) * type.bytes();
    }
  }

  private final Plans plans;
  private final Widening widening;
  private final Backend backend;

  Broadcast(Plans plans, Widening widening, Backend backend) {
    this.plans = plans;
    this.widening = widening;
    this.backend = backend;
  }

  void run(BinaryOp op, BroadcastGeometry geometry, CpuBuffer a, CpuBuffer b, CpuBuffer y) {
    Axes axes = Axes.of(geometry);
    if (y.length() <= Functions.SMALL) {
      try (var wide = widening.open()) {
        FloatBuffer lefts = wide.reading(a).floats();
        FloatBuffer rights = wide.reading(b).floats();
        FloatBuffer outs = wide.writing(y).floats();
        axes.forEach(
            (left, right, out) ->
                outs.put(out, Functions.value(op, lefts.get(left), rights.get(right))));
      }
    } else if (!axes.repeatsLeft()) {
      plan(op, axes, y.type()).run(a, b, y);
    } else if (!axes.repeatsRight() && (op == BinaryOp.ADD || op == BinaryOp.MULTIPLY)) {
      plan(op, axes.swapped(), y.type()).run(b, a, y);
    } else {
      // oneDNN repeats the left operand only in a loop that is a hundred times slower.
      try (var whole = Temporary.allocate(backend, a.type(), y.length())) {
        backend.copy().strided(axes.expandingLeft(), a, whole.buffer());
        plan(op, axes.leftExpanded(), y.type()).run(whole.buffer(), b, y);
      }
    }
  }

  private Plan plan(BinaryOp op, Axes axes, DType type) {
    Key key = new Key(op, axes, type);
    return plans.get(key, builder -> describe(builder, key));
  }

  private static void describe(PlanBuilder builder, Key key) {
    // A stretch of the outermost axis lies in one piece, also in an operand that repeats inside it.
    long rows = key.axes().axes().get(0).y();
    long elements = key.axes().elements(Axes.Axis::y);
    long grain = Math.max(1, Sharing.LINE / (elements / rows));
    builder.share(rows, grain, elements, some -> describe(builder, key, some));
  }

  private static void describe(PlanBuilder builder, Key key, Stretch rows) {
    Axes axes = key.axes().withOutermost(rows.count());
    dnnl_memory_desc left = builder.rowMajor(key.type(), axes.sizes(Axes.Axis::a));
    dnnl_memory_desc right = builder.rowMajor(key.type(), axes.sizes(Axes.Axis::b));
    dnnl_memory_desc out = builder.rowMajor(key.type(), axes.sizes(Axes.Axis::y));
    dnnl_primitive_desc descriptor = builder.descriptor();
    OneDnn.check(
        dnnl_binary_primitive_desc_create(
            descriptor,
            builder.engine(),
            algorithm(key.op()),
            left,
            right,
            out,
            builder.attributes()),
        axes);
    builder.step(
        descriptor,
        at(DNNL_ARG_SRC_0, left, 0, key.offset(rows, Axes.Axis::a)),
        at(DNNL_ARG_SRC_1, right, 1, key.offset(rows, Axes.Axis::b)),
        at(DNNL_ARG_DST, out, 2, key.offset(rows, Axes.Axis::y)));
  }

  private static int algorithm(BinaryOp op) {
    return switch (op) {
      case ADD -> dnnl_binary_add;
      case SUBTRACT -> dnnl_binary_sub;
      case MULTIPLY -> dnnl_binary_mul;
      case DIVIDE -> dnnl_binary_div;
    };
  }

  /** The axes that are left after merging neighbours that broadcast alike. */
  private record Axes(List<Axis> axes) {
    /** Sizes of the operands and of the output. */
    record Axis(long a, long b) {
      long y() {
        return Math.max(a, b);
      }

      boolean broadcastsAs(Axis other) {
        return (a == 1) == (other.a == 1) && (b == 1) == (other.b == 1);
      }
    }

    static Axes of(BroadcastGeometry geometry) {
      List<Axis> axes = new ArrayList<>();
      for (int i = 0; i < geometry.a().size(); i++) {
        Axis next = new Axis(geometry.a().get(i), geometry.b().get(i));
        if (next.y() == 1) {
          continue;
        }
        int last = axes.size() - 1;
        if (last >= 0 && axes.get(last).broadcastsAs(next)) {
          Axis outer = axes.remove(last);
          next = new Axis(outer.a * next.a, outer.b * next.b);
        }
        axes.add(next);
      }
      if (axes.isEmpty()) {
        axes.add(new Axis(1, 1));
      }
      return new Axes(List.copyOf(axes));
    }

    boolean repeatsLeft() {
      return axes.stream().anyMatch(axis -> axis.a < axis.y());
    }

    boolean repeatsRight() {
      return axes.stream().anyMatch(axis -> axis.b < axis.y());
    }

    Axes swapped() {
      return new Axes(axes.stream().map(axis -> new Axis(axis.b, axis.a)).toList());
    }

    Axes leftExpanded() {
      return new Axes(axes.stream().map(axis -> new Axis(axis.y(), axis.b)).toList());
    }

    long elements(ToLongFunction<Axis> side) {
      return axes.stream().mapToLong(side).reduce(1, (a, b) -> a * b);
    }

    /** The same for some elements of the outermost axis. */
    Axes withOutermost(long some) {
      List<Axis> changed = new ArrayList<>(axes);
      Axis old = axes.get(0);
      changed.set(0, new Axis(old.a == 1 ? 1 : some, old.b == 1 ? 1 : some));
      return new Axes(changed);
    }

    long[] sizes(ToLongFunction<Axis> side) {
      return axes.stream().mapToLong(side).toArray();
    }

    /** What is done with one output: indices into both operands and the output. */
    private interface Body {
      void run(int a, int b, int y);
    }

    void forEach(Body body) {
      forEach(body, 0, 0, 0, 0);
    }

    private void forEach(Body body, int depth, int a, int b, int y) {
      if (depth == axes.size()) {
        body.run(a, b, y);
        return;
      }
      // Row-major: an index is its outer axes' index times this size, plus the place along it.
      Axis axis = axes.get(depth);
      for (int i = 0; i < axis.y(); i++) {
        forEach(
            body,
            depth + 1,
            (int) (a * axis.a + (axis.a == 1 ? 0 : i)),
            (int) (b * axis.b + (axis.b == 1 ? 0 : i)),
            (int) (y * axis.y() + i));
      }
    }

    /** The copy of the left operand to the output's sizes. */
    StridedCopy expandingLeft() {
      int rank = axes.size();
      Long[] from = new Long[rank];
      Long[] to = new Long[rank];
      long source = 1;
      long target = 1;
      for (int i = rank - 1; i >= 0; i--) {
        Axis axis = axes.get(i);
        from[i] = axis.a == 1 ? 0 : source;
        to[i] = target;
        source *= axis.a;
        target *= axis.y();
      }
      List<Integer> sizes = axes.stream().map(axis -> Math.toIntExact(axis.y())).toList();
      return new StridedCopy(sizes, 0, List.of(from), 0, List.of(to));
    }
  }
}
