package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import semigan.kernels.Bf16;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.ReduceGeometry;
import semigan.kernels.ReduceKernels;

/**
 * Reductions. A sum is a product with a vector of ones: oneDNN's matrix product reads its operand
 * at the speed of memory, its reduction does so along the last axis only. Only where it would add
 * very many rows one after the other, in F32, a loop in Java adds them in parts.
 */
final class CpuReduce implements ReduceKernels, AutoCloseable {
  /** Rows from which on their sum, each added to the last, would be too rough. */
  private static final int MANY_ROWS = 1 << 15;

  private final Plans plans;
  private final Tiles tiles;
  private final Permuted permuted;
  private final Widening widening;
  private final Map<DType, Ones> ones = new EnumMap<>(DType.class);

  CpuReduce(Plans plans, Tiles tiles, Widening widening, Permuted permuted) {
    this.plans = plans;
    this.tiles = tiles;
    this.widening = widening;
    this.permuted = permuted;
  }

  @Override
  public void sum(ReduceGeometry geometry, Buffer x, Buffer y) {
    permuted.reading(geometry, x, (slabs, data) -> sum(slabs, data, CpuBuffer.of(y)));
  }

  private void sum(Slabs slabs, CpuBuffer x, CpuBuffer y) {
    if (x.length() <= Functions.SMALL) {
      try (var wide = widening.open()) {
        sumSmall(slabs, wide.reading(x).floats(), wide.writing(y).floats());
      }
      return;
    }
    if (slabs.inner() > 1 && slabs.reduced() > MANY_ROWS) {
      try (var wide = widening.open()) {
        sumManyRows(slabs, wide.reading(x).floats(), wide.writing(y).floats());
      }
      return;
    }
    DType type = x.type();
    Product product = sumOf(slabs, type);
    CpuBuffer one = ones.computeIfAbsent(type, Ones::new).atLeast(slabs.reduced());
    Plan plan = plans.get(product, product::describe);
    if (slabs.inner() == 1) {
      plan.run(x, one, y);
    } else {
      plan.run(one, x, y);
    }
  }

  private static void sumSmall(Slabs slabs, FloatBuffer x, FloatBuffer y) {
    for (int i = 0; i < slabs.outer() * slabs.inner(); i++) {
      int first = i / slabs.inner() * slabs.reduced() * slabs.inner() + i % slabs.inner();
      double sum = 0;
      for (int k = 0; k < slabs.reduced(); k++) {
        sum += x.get(first + k * slabs.inner());
      }
      y.put(i, (float) sum);
    }
  }

  private void sumManyRows(Slabs slabs, FloatBuffer x, FloatBuffer y) {
    float[] rows = tiles.own()[0];
    float[] part = tiles.own()[1];
    slabs.forEachStrip(
        strip -> {
          int width = strip.width();
          double[] sums = new double[width];
          strip.forEachBlock(
              (from, count) -> {
                x.get(from, rows, 0, count * width);
                Arrays.fill(part, 0, width, 0);
                for (int row = 0; row < count; row++) {
                  int start = row * width;
                  for (int i = 0; i < width; i++) {
                    part[i] += rows[start + i];
                  }
                }
                for (int i = 0; i < width; i++) {
                  sums[i] += part[i];
                }
              });
          for (int i = 0; i < width; i++) {
            y.put(strip.output() + i, (float) sums[i]);
          }
        });
  }

  /**
   * A row's sum is {@code [outer, reduced] 1}; with columns behind, {@code 1' [reduced, inner]}.
   */
  private static Product sumOf(Slabs s, DType type) {
    if (s.inner() == 1) {
      return new Product(
          Matrices.one(type, s.outer(), s.reduced()),
          Matrices.one(type, s.reduced(), 1),
          Matrices.one(type, s.outer(), 1),
          Product.Epilogue.NONE);
    }
    return new Product(
        Matrices.several(type, s.outer(), 1, s.reduced(), 0),
        Matrices.several(type, s.outer(), s.reduced(), s.inner(), (long) s.reduced() * s.inner()),
        Matrices.several(type, s.outer(), 1, s.inner(), s.inner()),
        Product.Epilogue.NONE);
  }

  @Override
  public void max(ReduceGeometry geometry, Buffer x, Buffer y) {
    try (var wide = widening.open()) {
      FloatBuffer target = wide.writing(y).floats();
      permuted.reading(
          geometry, wide.reading(x), (slabs, data) -> max(slabs, data.floats(), target));
    }
  }

  private void max(Slabs slabs, FloatBuffer x, FloatBuffer y) {
    float[] rows = tiles.own()[0];
    float[] largest = tiles.own()[1];
    slabs.forEachStrip(
        strip -> {
          Arrays.fill(largest, 0, strip.width(), Float.NEGATIVE_INFINITY);
          strip.forEachBlock(
              (from, count) -> {
                x.get(from, rows, 0, count * strip.width());
                for (int row = 0; row < count; row++) {
                  int start = row * strip.width();
                  for (int i = 0; i < strip.width(); i++) {
                    largest[i] = Math.max(largest[i], rows[start + i]);
                  }
                }
              });
          y.put(strip.output(), largest, 0, strip.width());
        });
  }

  @Override
  public void maxBackward(ReduceGeometry geometry, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    try (var wide = widening.open()) {
      FloatBuffer largest = wide.reading(y).floats();
      FloatBuffer gradient = wide.reading(dy).floats();
      permuted.readingAndWriting(
          geometry,
          wide.reading(x),
          wide.writing(dx),
          (slabs, data, target) ->
              maxBackward(slabs, data.floats(), largest, gradient, target.floats()));
    }
  }

  private void maxBackward(
      Slabs slabs, FloatBuffer x, FloatBuffer y, FloatBuffer dy, FloatBuffer dx) {
    float[] rows = tiles.own()[0];
    float[] largest = tiles.own()[1];
    float[] share = tiles.own()[2];
    float[] ties = tiles.own()[3];
    slabs.forEachStrip(
        strip -> {
          int width = strip.width();
          y.get(strip.output(), largest, 0, width);
          dy.get(strip.output(), share, 0, width);
          Arrays.fill(ties, 0, width, 0);
          strip.forEachBlock(
              (from, count) -> {
                x.get(from, rows, 0, count * width);
                for (int k = 0; k < count * width; k++) {
                  ties[k % width] += rows[k] == largest[k % width] ? 1 : 0;
                }
              });
          for (int i = 0; i < width; i++) {
            share[i] /= Math.max(ties[i], 1);
          }
          strip.forEachBlock(
              (from, count) -> {
                x.get(from, rows, 0, count * width);
                for (int k = 0; k < count * width; k++) {
                  rows[k] = rows[k] == largest[k % width] ? share[k % width] : 0;
                }
                dx.put(from, rows, 0, count * width);
              });
        });
  }

  @Override
  public void close() {
    ones.values().forEach(Ones::close);
  }

  /** A vector of ones, as long as the longest sum so far. */
  private static final class Ones implements AutoCloseable {
    private final DType type;
    private NativeMemory memory;
    private CpuBuffer vector;

    Ones(DType type) {
      this.type = type;
    }

    CpuBuffer atLeast(int length) {
      if (vector == null || vector.length() < length) {
        NativeMemory longer = new NativeMemory((long) type.bytes() * length);
        close();
        memory = longer;
        vector = new CpuBuffer(type, length, memory);
        fill();
      }
      return vector;
    }

    private void fill() {
      if (type == DType.BF16) {
        short[] tile = new short[vector.size()];
        Arrays.fill(tile, Bf16.of(1));
        vector.shorts().put(0, tile);
      } else {
        float[] tile = new float[vector.size()];
        Arrays.fill(tile, 1);
        vector.floats().put(0, tile);
      }
    }

    @Override
    public void close() {
      if (memory != null) {
        memory.free();
        memory = null;
      }
    }
  }
}
