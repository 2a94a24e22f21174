package semigan.kernels.cpu;

import java.nio.FloatBuffer;
import java.util.List;
import semigan.kernels.Buffer;
import semigan.kernels.OptimKernels;

/** Optimisers: one pass over the parameter and its state, which no oneDNN primitive can do. */
final class CpuOptim implements OptimKernels {
  private static final int WORTH_SHARING = 1 << 15;

  private final Tiles tiles;
  private final Widening widening;

  CpuOptim(Tiles tiles, Widening widening) {
    this.tiles = tiles;
    this.widening = widening;
  }

  @Override
  public void advance(Buffer clock) {
    FloatBuffer values = CpuBuffer.of(clock).floats();
    values.put(CLOCK_STEP, values.get(CLOCK_STEP) + 1);
  }

  @Override
  public void adam(AdamSettings settings, Buffer clock, Buffer averaging, List<AdamSlot> slots) {
    FloatBuffer now = CpuBuffer.of(clock).floats();
    float approach = averaging == null ? 0 : averagingRate(averaging);
    AdamStep step = AdamStep.of(settings, now.get(CLOCK_STEP), now.get(CLOCK_RATE));
    for (AdamSlot slot : slots) {
      try (var wide = widening.open()) {
        adam(step, approach, slot, wide);
      }
    }
  }

  private void adam(AdamStep step, float approach, AdamSlot slot, Widening.Operands wide) {
    CpuBuffer updated = wide.updating(slot.parameter());
    FloatBuffer parameter = updated.floats();
    FloatBuffer gradient = wide.reading(slot.gradient()).floats();
    FloatBuffer first = CpuBuffer.of(slot.firstMoment()).floats();
    FloatBuffer second = CpuBuffer.of(slot.secondMoment()).floats();
    FloatBuffer average = slot.average() == null ? null : CpuBuffer.of(slot.average()).floats();
    tiles.forEach(
        parameter.capacity(),
        WORTH_SHARING,
        (tile, from, count) -> {
          parameter.get(from, tile[0], 0, count);
          gradient.get(from, tile[1], 0, count);
          first.get(from, tile[2], 0, count);
          second.get(from, tile[3], 0, count);
          step.apply(tile[0], tile[1], tile[2], tile[3], count);
          parameter.put(from, tile[0], 0, count);
          first.put(from, tile[2], 0, count);
          second.put(from, tile[3], 0, count);
          if (average != null) {
            average.get(from, tile[1], 0, count);
            approach(tile[1], approach, tile[0], count);
            average.put(from, tile[1], 0, count);
          }
        });
    if (slot.copy() != null) {
      widening.convert(updated, CpuBuffer.of(slot.copy()));
    }
  }

  /**
   * One step's constants. With {@code 1 - beta1^t} and {@code 1 - beta2^t} as the corrections, the
   * parameter moves by {@code rate (m / correction1) / (sqrt(v / correction2) + outside)}.
   */
  private record AdamStep(
      float beta1, float beta2, float rate, float rootScale, float inside, float outside) {
    static AdamStep of(AdamSettings s, float step, float rate) {
      double correction1 = 1 - Math.pow(s.beta1(), step);
      double correction2 = 1 - Math.pow(s.beta2(), step);
      return new AdamStep(
          s.beta1(),
          s.beta2(),
          (float) (rate / correction1),
          (float) (1 / correction2),
          s.epsilonInsideRoot() ? s.epsilon() : 0,
          s.epsilonInsideRoot() ? 0 : s.epsilon());
    }

    void apply(float[] p, float[] g, float[] m, float[] v, int count) {
      float keep1 = beta1;
      float keep2 = beta2;
      float take1 = 1 - beta1;
      float take2 = 1 - beta2;
      for (int i = 0; i < count; i++) {
        float first = keep1 * m[i] + take1 * g[i];
        float second = keep2 * v[i] + take2 * g[i] * g[i];
        float root = (float) Math.sqrt(second * rootScale + inside);
        m[i] = first;
        v[i] = second;
        p[i] -= rate * first / (root + outside);
      }
    }
  }

  @Override
  public void sgd(float momentum, Buffer clock, List<SgdSlot> slots) {
    float rate = CpuBuffer.of(clock).floats().get(CLOCK_RATE);
    for (SgdSlot slot : slots) {
      try (var wide = widening.open()) {
        FloatBuffer parameter = wide.updating(slot.parameter()).floats();
        FloatBuffer gradient = wide.reading(slot.gradient()).floats();
        FloatBuffer velocity = CpuBuffer.of(slot.velocity()).floats();
        sgd(momentum, rate, parameter, gradient, velocity);
      }
    }
  }

  private void sgd(
      float momentum,
      float rate,
      FloatBuffer parameter,
      FloatBuffer gradient,
      FloatBuffer velocity) {
    tiles.forEach(
        parameter.capacity(),
        WORTH_SHARING,
        (tile, from, count) -> {
          float[] p = tile[0];
          float[] g = tile[1];
          float[] v = tile[2];
          parameter.get(from, p, 0, count);
          gradient.get(from, g, 0, count);
          velocity.get(from, v, 0, count);
          for (int i = 0; i < count; i++) {
            v[i] = momentum * v[i] + g[i];
            p[i] -= rate * v[i];
          }
          parameter.put(from, p, 0, count);
          velocity.put(from, v, 0, count);
        });
  }

  @Override
  public void average(Buffer clock, List<AverageSlot> slots) {
    average(averagingRate(clock), slots);
  }

  private static float averagingRate(Buffer clock) {
    FloatBuffer now = CpuBuffer.of(clock).floats();
    return OptimKernels.averagingRate(now.get(CLOCK_RATE), now.get(CLOCK_STEP));
  }

  /** {@code average += rate (value - average)}. */
  private static void approach(float[] average, float rate, float[] value, int count) {
    for (int i = 0; i < count; i++) {
      average[i] += rate * (value[i] - average[i]);
    }
  }

  @Override
  public void average(float rate, List<AverageSlot> slots) {
    for (AverageSlot slot : slots) {
      try (var wide = widening.open()) {
        FloatBuffer average = CpuBuffer.of(slot.average()).floats();
        FloatBuffer value = wide.reading(slot.value()).floats();
        tiles.forEach(
            average.capacity(),
            WORTH_SHARING,
            (tile, from, count) -> {
              float[] a = tile[0];
              float[] x = tile[1];
              average.get(from, a, 0, count);
              value.get(from, x, 0, count);
              approach(a, rate, x, count);
              average.put(from, a, 0, count);
            });
      }
    }
  }

  @Override
  public void clipByNorm(float limit, List<Buffer> gradients, Buffer norm) {
    double squares = 0;
    for (Buffer gradient : gradients) {
      try (var wide = widening.open()) {
        squares += sumOfSquares(wide.reading(gradient).floats());
      }
    }
    float length = (float) Math.sqrt(squares);
    CpuBuffer.of(norm).floats().put(0, length);
    if (length > limit) {
      for (Buffer gradient : gradients) {
        try (var wide = widening.open()) {
          scale(wide.updating(gradient).floats(), limit / length);
        }
      }
    }
  }

  private double sumOfSquares(FloatBuffer values) {
    double[] ofTile = new double[(values.capacity() + Tiles.SIZE - 1) / Tiles.SIZE];
    tiles.forEach(
        values.capacity(),
        WORTH_SHARING,
        (tile, from, count) -> {
          values.get(from, tile[0], 0, count);
          ofTile[from / Tiles.SIZE] = sumOfSquares(tile[0], count);
        });
    double sum = 0;
    for (double part : ofTile) {
      sum += part;
    }
    return sum;
  }

  /** In four sums, since each addition would otherwise wait for the one before. */
  private static double sumOfSquares(float[] x, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i < count - 3; i += 4) {
      a += (double) x[i] * x[i];
      b += (double) x[i + 1] * x[i + 1];
      c += (double) x[i + 2] * x[i + 2];
      d += (double) x[i + 3] * x[i + 3];
    }
    for (; i < count; i++) {
      a += (double) x[i] * x[i];
    }
    return a + b + (c + d);
  }

  private void scale(FloatBuffer values, float factor) {
    tiles.forEach(
        values.capacity(),
        WORTH_SHARING,
        (tile, from, count) -> {
          float[] x = tile[0];
          values.get(from, x, 0, count);
          for (int i = 0; i < count; i++) {
            x[i] *= factor;
          }
          values.put(from, x, 0, count);
        });
  }
}
