package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * Matrix products {@code c = a b}. Operands 0, 1 and 2 of the plan are a, b and c; operand 3 is the
 * bias.
 *
 * @param epilogue what becomes of the sums
 */
record Product(Matrices a, Matrices b, Matrices c, Epilogue epilogue) {
  /**
   * @param added the sums are added to what is in {@code c}
   * @param biased {@code c}'s columns each have a bias
   * @param slope of LeakyReLU behind that; 1 for none
   */
  record Epilogue(boolean added, boolean biased, float slope) {
    static final Epilogue NONE = new Epilogue(false, false, 1);
    static final Epilogue ADDED = new Epilogue(true, false, 1);

    static Epilogue biased(float slope) {
      return new Epilogue(false, true, slope);
    }

    dnnl_primitive_attr attributes(PlanBuilder builder) {
      if (added) {
        return builder.attributesWithSum();
      }
      return slope == 1 ? builder.attributes() : builder.attributesWithLeakyRelu(slope);
    }
  }

  /** Rows of a thread's share: fewer do not fill a processor's registers. */
  private static final long ROWS = 8;

  /** Columns of a thread's share: two vectors of F32. */
  private static final long COLUMNS = 32;

  /** oneDNN's first choice with AVX2. */
  private static final String FIRST_AVX2 = "brg_matmul:avx2";

  /**
   * Its older product. A single one with long sums takes up to a third less by it, and the step of
   * fully connected layers 4% (measured, Zen 3); with short ones it can take longer, as several
   * products at once can. Where it copies its operands, it is into memory that it takes from the
   * system itself.
   */
  private static final String OLDER_AVX2 = "gemm:jit:f32";

  /** Terms of a sum from which that pays. */
  private static final long LONG_SUM = 256;

  void describe(PlanBuilder builder) {
    long work =
        a.elements() + b.elements() + c.elements() + Sharing.work(c.elements() * a.columns());
    // The larger operand is read by one thread only, the smaller one by each.
    if (c.rows() >= Math.max(c.columns(), c.count())) {
      builder.share(c.rows(), ROWS, work, rows -> describeRows(builder, rows));
    } else if (c.columns() >= c.count()) {
      builder.share(c.columns(), COLUMNS, work, columns -> describeColumns(builder, columns));
    } else {
      builder.share(c.count(), 1, work, some -> describeSome(builder, some));
    }
  }

  private void describeRows(PlanBuilder builder, Stretch rows) {
    var share = new Product(a.withRows(rows.count()), b, c.withRows(rows.count()), epilogue);
    share.describe(builder, rows.from() * a.rowStride(), 0, rows.from() * c.rowStride(), 0);
  }

  private void describeColumns(PlanBuilder builder, Stretch columns) {
    var share =
        new Product(a, b.withColumns(columns.count()), c.withColumns(columns.count()), epilogue);
    long from = columns.from();
    share.describe(builder, 0, from * b.columnStride(), from * c.columnStride(), from);
  }

  private void describeSome(PlanBuilder builder, Stretch some) {
    var share =
        new Product(
            a.withCount(some.count()),
            b.withCount(some.count()),
            c.withCount(some.count()),
            epilogue);
    long from = some.from();
    share.describe(builder, from * a.stride(), from * b.stride(), from * c.stride(), 0);
  }

  /** With the element at which each operand begins. */
  private void describe(PlanBuilder builder, long fromA, long fromB, long fromC, long fromBias) {
    boolean batched = c.count() > 1;
    dnnl_memory_desc left = a.describe(builder, batched);
    dnnl_memory_desc right = b.describe(builder, batched);
    dnnl_memory_desc result = c.describe(builder, batched);
    dnnl_memory_desc bias = epilogue.biased() ? builder.rowMajor(1, c.columns()) : null;
    dnnl_primitive_attr attributes = epilogue.attributes(builder);
    dnnl_primitive_desc descriptor =
        choose(
            builder,
            empty ->
                dnnl_matmul_primitive_desc_create(
                    empty, builder.engine(), left, right, bias, result, attributes));
    List<Primitive.Argument> arguments = new ArrayList<>();
    arguments.add(at(DNNL_ARG_SRC, left, 0, fromA * a.type().bytes()));
    arguments.add(at(DNNL_ARG_WEIGHTS, right, 1, fromB * b.type().bytes()));
    arguments.add(at(DNNL_ARG_DST, result, 2, fromC * c.type().bytes()));
    if (bias != null) {
      arguments.add(at(DNNL_ARG_BIAS, bias, 3, fromBias * Float.BYTES));
    }
    builder.step(descriptor, arguments.toArray(Primitive.Argument[]::new));
  }

  /** oneDNN's first choice, or with AVX2 what is faster. */
  private dnnl_primitive_desc choose(
      PlanBuilder builder, ToIntFunction<dnnl_primitive_desc> create) {
    dnnl_primitive_desc first = builder.descriptor();
    OneDnn.check(create.applyAsInt(first), this);
    if (c.count() > 1
        || Math.min(c.rows(), c.columns()) == 1
        || a.columns() < LONG_SUM
        || !PlanBuilder.implementation(first).equals(FIRST_AVX2)) {
      return first;
    }
    dnnl_primitive_desc other = builder.descriptor();
    OneDnn.check(create.applyAsInt(other), this);
    return PlanBuilder.moveTo(OLDER_AVX2, other) ? other : first;
  }
}
