package semigan.kernels.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import semigan.kernels.DType;

/**
 * Matrices of one size, one after another in memory; a single one can be the operand of as many
 * products as there are.
 *
 * @param stride elements from one to the next
 * @param rowStride elements from one row to the next
 * @param columnStride elements from one column to the next
 */
record Matrices(
    DType type,
    long count,
    long rows,
    long columns,
    long stride,
    long rowStride,
    long columnStride) {
  /** One matrix in row-major order. */
  static Matrices one(DType type, long rows, long columns) {
    return several(type, 1, rows, columns, 0);
  }

  /** Each in row-major order. */
  static Matrices several(DType type, long count, long rows, long columns, long stride) {
    return new Matrices(type, count, rows, columns, stride, columns, 1);
  }

  /** The same memory, transposed. */
  Matrices turned() {
    return new Matrices(type, count, columns, rows, stride, columnStride, rowStride);
  }

  /** Some of these; those left out may lie before or behind them. */
  Matrices withCount(long some) {
    return count == 1
        ? this
        : new Matrices(type, some, rows, columns, stride, rowStride, columnStride);
  }

  Matrices withRows(long some) {
    return new Matrices(type, count, some, columns, stride, rowStride, columnStride);
  }

  Matrices withColumns(long some) {
    return new Matrices(type, count, rows, some, stride, rowStride, columnStride);
  }

  long elements() {
    return count * rows * columns;
  }

  /**
   * @param batched whether with an axis for their count
   */
  dnnl_memory_desc describe(PlanBuilder builder, boolean batched) {
    return batched
        ? builder.strided(
            type, new long[] {count, rows, columns}, new long[] {stride, rowStride, columnStride})
        : builder.strided(type, new long[] {rows, columns}, new long[] {rowStride, columnStride});
  }
}
