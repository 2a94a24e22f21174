package semigan.kernels;

import java.util.List;

/**
 * Updates of many parameters in one call. What changes from step to step lives on the device, in a
 * <i>clock</i>: F32 of length 2, the number of steps taken and the learning rate. So a captured
 * step can be replayed. In F32 the number stops at 2^24 steps; what depends on it, the correction
 * of young moments and averages, has ended long before.
 */
public interface OptimKernels {
  /** Index of the number of steps taken in a clock. */
  int CLOCK_STEP = 0;

  /** Index of the learning rate in a clock. */
  int CLOCK_RATE = 1;

  /**
   * What Adam keeps for one parameter; all of one length.
   *
   * @param parameter updated in place
   * @param gradient read
   * @param firstMoment F32, updated in place
   * @param secondMoment F32, updated in place
   * @param copy receives the updated parameter, rounded to its type: what training in BF16 reads
   *     while the parameter itself stays F32; null for none
   * @param average F32, moves towards the updated parameter; null for none
   */
  record AdamSlot(
      Buffer parameter,
      Buffer gradient,
      Buffer firstMoment,
      Buffer secondMoment,
      Buffer copy,
      Buffer average) {
    /** Without copy and average. */
    public AdamSlot(Buffer parameter, Buffer gradient, Buffer firstMoment, Buffer secondMoment) {
      this(parameter, gradient, firstMoment, secondMoment, null, null);
    }
  }

  /**
   * Adam's constants.
   *
   * @param beta1 decay of the first moment
   * @param beta2 decay of the second moment
   * @param epsilon keeps the division finite
   * @param epsilonInsideRoot {@code 1 / sqrt(v + epsilon)} rather than the paper's {@code 1 /
   *     (sqrt(v) + epsilon)}
   */
  record AdamSettings(float beta1, float beta2, float epsilon, boolean epsilonInsideRoot) {
    public AdamSettings {
      decay("beta1", beta1);
      decay("beta2", beta2);
      if (!(epsilon > 0 && Float.isFinite(epsilon))) {
        throw new IllegalArgumentException("adam: epsilon must be over 0 but is " + epsilon);
      }
    }

    private static void decay(String name, float value) {
      if (!(value >= 0 && value < 1)) {
        throw new IllegalArgumentException(
            "adam: %s must be in [0, 1) but is %s".formatted(name, value));
      }
    }
  }

  /** Adds 1 to the clock's number of steps. */
  void advance(Buffer clock);

  /**
   * One step of Adam, Kingma and Ba 2015, <a
   * href="https://arxiv.org/abs/1412.6980">arXiv:1412.6980</a>, with its bias correction for the
   * clock's number of steps, which already counts this one. What keeps copies and averages of the
   * parameters happens in the same pass over memory.
   *
   * @param averaging the clock of the slots' averages, as {@link #average(Buffer, List)} takes it;
   *     null if they have none
   */
  void adam(AdamSettings settings, Buffer clock, Buffer averaging, List<AdamSlot> slots);

  /**
   * What momentum SGD keeps for one parameter; all of one length.
   *
   * @param parameter updated in place
   * @param gradient read
   * @param velocity F32, updated in place
   */
  record SgdSlot(Buffer parameter, Buffer gradient, Buffer velocity) {}

  /** {@code velocity = momentum velocity + gradient; parameter -= rate velocity}. */
  void sgd(float momentum, Buffer clock, List<SgdSlot> slots);

  /**
   * A running average of weights.
   *
   * @param average F32, updated in place
   * @param value read
   */
  record AverageSlot(Buffer average, Buffer value) {}

  /** {@code average += rate (value - average)}. */
  void average(float rate, List<AverageSlot> slots);

  /**
   * As {@link #average(float, List)}, at the clock's rate, but at first at {@code 9 / (9 + steps)}
   * while that is larger: a young average spans about the last tenth of the steps, and so forgets
   * where it started.
   */
  void average(Buffer clock, List<AverageSlot> slots);

  /** The rate of {@link #average(Buffer, List)}, in F32. */
  static float averagingRate(float rate, float steps) {
    return Math.max(rate, 9f / (9f + steps));
  }

  /**
   * Scales all gradients by {@code min(1, limit / norm)}, where {@code norm} is the Euclidean norm
   * of all of them together.
   *
   * @param limit over 0; infinite to measure alone
   * @param norm F32 of length 1: receives the norm before scaling
   */
  void clipByNorm(float limit, List<Buffer> gradients, Buffer norm);
}
