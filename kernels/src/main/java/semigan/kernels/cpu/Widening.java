package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;
import static semigan.kernels.cpu.PlanBuilder.at;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import semigan.kernels.Backend;
import semigan.kernels.Bf16;
import semigan.kernels.Buffer;
import semigan.kernels.DType;

/**
 * Between BF16 and F32. A kernel that is a loop in Java knows F32 alone: HotSpot would convert one
 * element at a time, where oneDNN converts a vector.
 */
final class Widening {
  private record Key(DType from, DType to, long length) {}

  private final Plans plans;
  private final Backend backend;

  Widening(Plans plans, Backend backend) {
    this.plans = plans;
    this.backend = backend;
  }

  /** The whole of {@code source} into {@code target}, rounded to the nearest, ties to even. */
  void convert(CpuBuffer source, CpuBuffer target) {
    if (source.type() == target.type()) {
      target.copyFrom(source);
    } else if (source.length() <= Functions.SMALL) {
      convertInJava(source, target);
    } else {
      Key key = new Key(source.type(), target.type(), source.length());
      plans
          .get(
              key,
              builder ->
                  builder.shareElements(key.length(), stretch -> describe(builder, key, stretch)))
          .run(source, target);
    }
  }

  private static void describe(PlanBuilder builder, Key key, Stretch stretch) {
    dnnl_memory_desc from = builder.rowMajor(key.from(), stretch.count());
    dnnl_memory_desc to = builder.rowMajor(key.to(), stretch.count());
    builder.reorder(
        at(DNNL_ARG_FROM, from, 0, stretch.from() * key.from().bytes()),
        at(DNNL_ARG_TO, to, 1, stretch.from() * key.to().bytes()));
  }

  private static void convertInJava(CpuBuffer source, CpuBuffer target) {
    for (int i = 0; i < source.size(); i++) {
      if (target.type() == DType.BF16) {
        target.shorts().put(i, Bf16.of(source.floats().get(i)));
      } else {
        target.floats().put(i, Bf16.toFloat(source.shorts().get(i)));
      }
    }
  }

  /** For one call of a kernel. */
  Operands open() {
    return new Operands();
  }

  /**
   * F32 in place of operands in BF16, and every other operand as it is. Closing rounds what was
   * written and hands the memory back.
   */
  final class Operands implements AutoCloseable {
    private record Stand(CpuBuffer wide, CpuBuffer narrow, boolean written) {}

    private final List<Stand> stands = new ArrayList<>();

    CpuBuffer reading(Buffer operand) {
      return wide(operand, true, false);
    }

    /** Uninitialised. */
    CpuBuffer writing(Buffer operand) {
      return wide(operand, false, true);
    }

    CpuBuffer updating(Buffer operand) {
      return wide(operand, true, true);
    }

    private CpuBuffer wide(Buffer operand, boolean read, boolean written) {
      CpuBuffer narrow = CpuBuffer.of(operand);
      if (narrow.type() != DType.BF16) {
        return narrow;
      }
      CpuBuffer wide = CpuBuffer.of(backend.allocate(DType.F32, narrow.length()));
      stands.add(new Stand(wide, narrow, written));
      if (read) {
        convert(narrow, wide);
      }
      return wide;
    }

    @Override
    public void close() {
      try {
        for (Stand stand : stands) {
          if (stand.written()) {
            convert(stand.wide(), stand.narrow());
          }
        }
      } finally {
        stands.forEach(stand -> backend.release(stand.wide()));
      }
    }
  }
}
