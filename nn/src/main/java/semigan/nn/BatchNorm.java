package semigan.nn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels.AverageSlot;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * Batch normalisation of each channel (last axis), with running statistics for evaluation; Ioffe
 * and Szegedy 2015, <a href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>. In {@link
 * Mode#TRAIN_TRACKING} the running mean and the running (biased) variance move a tenth of the way
 * to those of the batch.
 */
public final class BatchNorm implements Module {
  private static final float EPSILON = 1e-5f;

  /** Share of a batch in the running statistics. */
  private static final float MOMENTUM = 0.1f;

  private final Tensor scale;
  private final Tensor shift;
  private final boolean learnsScale;
  private final float slope;
  private final Tensor mean;
  private final Tensor variance;

  public BatchNorm(int channels, Backend device) {
    this(channels, true, device);
  }

  /**
   * @param learnsScale false fixes the scale at 1, for a layer whose activation does not care about
   *     it
   */
  public BatchNorm(int channels, boolean learnsScale, Backend device) {
    this(channels, learnsScale, 1, device);
  }

  private BatchNorm(int channels, boolean learnsScale, float slope, Backend device) {
    Shape shape = Shape.of(channels);
    this.scale = Tensor.full(device, DType.F32, shape, 1);
    this.shift = Tensor.zeros(device, DType.F32, shape);
    this.learnsScale = learnsScale;
    this.slope = slope;
    this.mean = Tensor.zeros(device, DType.F32, shape);
    this.variance = Tensor.full(device, DType.F32, shape, 1);
  }

  /** The layer with ReLU behind it, as one kernel. */
  public static BatchNorm withRelu(int channels, Backend device) {
    return withLeakyRelu(channels, 0, device);
  }

  /**
   * The layer with LeakyReLU behind it, as one kernel.
   *
   * @param slope of what is not positive, at least 0
   */
  public static BatchNorm withLeakyRelu(int channels, float slope, Backend device) {
    return new BatchNorm(channels, true, slope, device);
  }

  @Override
  public Tensor forward(Tensor x, Mode mode) {
    return forward(x, List.of(x.shape().size(x.shape().axis("batch_norm", 0))), mode);
  }

  @Override
  public Tensor forward(Tensor x, List<Integer> batches, Mode mode) {
    if (mode == Mode.EVAL) {
      return semigan.tensor.ops.BatchNorm.batchNormInference(
          x, scale, shift, mean, variance, EPSILON, slope);
    }
    var normalised =
        semigan.tensor.ops.BatchNorm.batchNorm(x, batches, scale, shift, EPSILON, slope);
    if (mode == Mode.TRAIN_TRACKING) {
      x.device()
          .optim()
          .average(
              MOMENTUM,
              List.of(
                  new AverageSlot(mean.buffer(), normalised.mean().buffer()),
                  new AverageSlot(variance.buffer(), normalised.variance().buffer())));
    }
    return normalised.y();
  }

  @Override
  public Map<String, Tensor> parameters() {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    if (learnsScale) {
      parameters.put("scale", scale);
    }
    parameters.put("shift", shift);
    return parameters;
  }

  @Override
  public Map<String, Tensor> statistics() {
    Map<String, Tensor> statistics = new LinkedHashMap<>();
    statistics.put("mean", mean);
    statistics.put("variance", variance);
    return statistics;
  }
}
