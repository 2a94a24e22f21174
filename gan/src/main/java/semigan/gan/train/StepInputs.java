package semigan.gan.train;

import java.util.Arrays;
import semigan.gan.data.Batch;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.kernels.LossKernels;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * What a training step reads, in memory that stays where it is: labelled images first, then
 * unlabelled ones. It belongs to the scope in which it was made.
 */
final class StepInputs {
  private final Backend device;
  private final int known;
  private final int unknown;
  private final Tensor images;
  private final Tensor targets;
  private final Tensor generated;
  private final Tensor pretended;

  /**
   * @param known labelled images; may be 0
   * @param unknown unlabelled images, and as many generated ones
   */
  StepInputs(ModelSpec spec, int known, int unknown, Backend device) {
    this.device = device;
    this.known = known;
    this.unknown = unknown;
    images =
        Tensor.empty(
            device,
            DType.F32,
            Shape.of(known + unknown, spec.canvas(), spec.canvas(), spec.channels()));
    targets = targets(known + unknown, LossKernels.REAL);
    generated = targets(unknown, LossKernels.FAKE);
    pretended = targets(unknown, LossKernels.REAL);
  }

  private Tensor targets(int count, int target) {
    int[] targets = new int[count];
    Arrays.fill(targets, target);
    return Tensor.of(device, Shape.of(count), targets);
  }

  /** Whether batches of these sizes fit. */
  boolean holds(Batch labelled, Batch unlabelled) {
    return count(labelled) == known && count(unlabelled) == unknown;
  }

  static int count(Batch batch) {
    return batch == null ? 0 : batch.labels().length;
  }

  /** Overwrites images and labels with batches that {@link #holds}. */
  void write(Batch labelled, Batch unlabelled) {
    long split = 0;
    if (known > 0) {
      split = labelled.images().length;
      device.write(labelled.images(), 0, images.buffer().slice(0, split));
      device.write(labelled.labels(), 0, targets.buffer().slice(0, known));
    }
    device.write(unlabelled.images(), 0, images.buffer().slice(split, unlabelled.images().length));
  }

  /** Labelled images. */
  int known() {
    return known;
  }

  /** Unlabelled images. */
  int unknown() {
    return unknown;
  }

  /** {@code [known + unknown, canvas, canvas, channels]}, F32 in [-1, 1]. */
  Tensor images() {
    return images;
  }

  /** Of {@link #images}: I32, the class of each labelled one, then {@link LossKernels#REAL}. */
  Tensor targets() {
    return targets;
  }

  /** {@link LossKernels#FAKE} for each generated image. */
  Tensor generated() {
    return generated;
  }

  /** {@link LossKernels#REAL} for each generated image: what the generator wants. */
  Tensor pretended() {
    return pretended;
  }
}
