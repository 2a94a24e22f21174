package semigan.kernels.reference;

import java.util.List;
import semigan.kernels.Buffer;
import semigan.kernels.OptimKernels;

final class ReferenceOptim implements OptimKernels {
  @Override
  public void advance(Buffer clock) {
    var time = ReferenceBuffer.of(clock);
    time.set(CLOCK_STEP, time.get(CLOCK_STEP) + 1);
  }

  @Override
  public void adam(AdamSettings settings, Buffer clock, Buffer averaging, List<AdamSlot> slots) {
    double step = ReferenceBuffer.of(clock).get(CLOCK_STEP);
    double rate = ReferenceBuffer.of(clock).get(CLOCK_RATE);
    double firstBias = 1 - Math.pow(settings.beta1(), step);
    double secondBias = 1 - Math.pow(settings.beta2(), step);
    for (AdamSlot slot : slots) {
      var parameter = ReferenceBuffer.of(slot.parameter());
      var gradient = ReferenceBuffer.of(slot.gradient());
      var first = ReferenceBuffer.of(slot.firstMoment());
      var second = ReferenceBuffer.of(slot.secondMoment());
      for (long i = 0; i < parameter.length(); i++) {
        double g = gradient.get(i);
        double m = mix(settings.beta1(), first.get(i), g);
        double v = mix(settings.beta2(), second.get(i), g * g);
        first.set(i, m);
        second.set(i, v);
        double denominator =
            settings.epsilonInsideRoot()
                ? Math.sqrt(v / secondBias + settings.epsilon())
                : Math.sqrt(v / secondBias) + settings.epsilon();
        parameter.set(i, parameter.get(i) - rate * (m / firstBias) / denominator);
        if (slot.copy() != null) {
          ReferenceBuffer.of(slot.copy()).set(i, parameter.get(i));
        }
        if (slot.average() != null) {
          approach(ReferenceBuffer.of(slot.average()), averagingRate(averaging), parameter, i);
        }
      }
    }
  }

  @Override
  public void sgd(float momentum, Buffer clock, List<SgdSlot> slots) {
    double rate = ReferenceBuffer.of(clock).get(CLOCK_RATE);
    for (SgdSlot slot : slots) {
      var parameter = ReferenceBuffer.of(slot.parameter());
      var gradient = ReferenceBuffer.of(slot.gradient());
      var velocity = ReferenceBuffer.of(slot.velocity());
      for (long i = 0; i < parameter.length(); i++) {
        double v = momentum * velocity.get(i) + gradient.get(i);
        velocity.set(i, v);
        parameter.set(i, parameter.get(i) - rate * v);
      }
    }
  }

  @Override
  public void average(Buffer clock, List<AverageSlot> slots) {
    average(averagingRate(clock), slots);
  }

  private static float averagingRate(Buffer clock) {
    var time = ReferenceBuffer.of(clock);
    float rate = (float) time.get(CLOCK_RATE);
    return OptimKernels.averagingRate(rate, (float) time.get(CLOCK_STEP));
  }

  private static void approach(ReferenceBuffer average, float rate, ReferenceBuffer value, long i) {
    average.set(i, average.get(i) + rate * (value.get(i) - average.get(i)));
  }

  @Override
  public void average(float rate, List<AverageSlot> slots) {
    for (AverageSlot slot : slots) {
      var average = ReferenceBuffer.of(slot.average());
      var value = ReferenceBuffer.of(slot.value());
      for (long i = 0; i < average.length(); i++) {
        approach(average, rate, value, i);
      }
    }
  }

  @Override
  public void clipByNorm(float limit, List<Buffer> gradients, Buffer norm) {
    double squares = 0;
    for (Buffer buffer : gradients) {
      var gradient = ReferenceBuffer.of(buffer);
      for (long i = 0; i < gradient.length(); i++) {
        squares += gradient.get(i) * gradient.get(i);
      }
    }
    double length = Math.sqrt(squares);
    ReferenceBuffer.of(norm).set(0, length);
    if (length <= limit) {
      return;
    }
    double factor = limit / length;
    for (Buffer buffer : gradients) {
      var gradient = ReferenceBuffer.of(buffer);
      for (long i = 0; i < gradient.length(); i++) {
        gradient.set(i, factor * gradient.get(i));
      }
    }
  }

  /** {@code beta old + (1 - beta) fresh}. */
  private static double mix(double beta, double old, double fresh) {
    return beta * old + (1 - beta) * fresh;
  }
}
