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
  private final Tensor forTeacher;
  private final Tensor others;
  private final Tensor targets;
  private final Tensor pretended;
  private final Tensor blendedIn;
  private final Tensor shares;

  /** Room for batches like these. */
  StepInputs(ModelSpec spec, StepBatches batches, Backend device) {
    this.device = device;
    known = StepBatches.count(batches.labelled());
    unknown = StepBatches.count(batches.unlabelled());
    images = images(spec, known + unknown);
    forTeacher = images(spec, StepBatches.count(batches.forTeacher()));
    others = images(spec, StepBatches.count(batches.others()));
    targets = targets(known, unknown, spec.generates() ? unknown : 0);
    pretended = targets(0, unknown, 0);
    blendedIn = blends(batches) ? Tensor.empty(device, DType.I32, Shape.of(known)) : null;
    shares = blends(batches) ? Tensor.empty(device, DType.F32, Shape.of(known)) : null;
  }

  private static boolean blends(StepBatches batches) {
    return batches.labelled() != null && batches.labelled().mixup() != null;
  }

  private Tensor images(ModelSpec spec, int count) {
    return count == 0
        ? null
        : Tensor.empty(
            device, DType.F32, Shape.of(count, spec.canvas(), spec.canvas(), spec.channels()));
  }

  /** Of labelled, unlabelled and generated images; the classes of the labelled ones come later. */
  private Tensor targets(int known, int unknown, int generated) {
    int[] targets = new int[known + unknown + generated];
    if (targets.length == 0) {
      return null;
    }
    Arrays.fill(targets, 0, known + unknown, LossKernels.REAL);
    Arrays.fill(targets, known + unknown, targets.length, LossKernels.FAKE);
    return Tensor.of(device, Shape.of(targets.length), targets);
  }

  /** Whether these batches fit. */
  boolean holds(StepBatches batches) {
    return StepBatches.count(batches.labelled()) == known
        && StepBatches.count(batches.unlabelled()) == unknown
        && (batches.forTeacher() == null) == (forTeacher == null)
        && (batches.others() == null) == (others == null)
        && blends(batches) == (shares != null);
  }

  /** Overwrites images and labels with batches that {@link #holds}. */
  void write(StepBatches batches) {
    long split = 0;
    if (known > 0) {
      Batch labelled = batches.labelled();
      split = labelled.images().length;
      device.write(labelled.images(), 0, images.buffer().slice(0, split));
      device.write(labelled.labels(), 0, targets.buffer().slice(0, known));
      if (shares != null) {
        device.write(labelled.partnerLabels(), 0, blendedIn.buffer());
        device.write(labelled.mixup().shares(), 0, shares.buffer());
      }
    }
    if (unknown > 0) {
      float[] pixels = batches.unlabelled().images();
      device.write(pixels, 0, images.buffer().slice(split, pixels.length));
    }
    write(batches.forTeacher(), forTeacher);
    write(batches.others(), others);
  }

  private void write(Batch batch, Tensor target) {
    if (batch != null) {
      device.write(batch.images(), 0, target.buffer());
    }
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

  /** The unlabelled images as the teacher of a consistency term sees them, or null. */
  Tensor forTeacher() {
    return forTeacher;
  }

  /** As many unlabelled images in another order, or null. */
  Tensor others() {
    return others;
  }

  /**
   * I32: of {@link #images} the class of each labelled one, then {@link LossKernels#REAL}; then, if
   * there is a generator, {@link LossKernels#FAKE} for as many generated images as unlabelled ones.
   */
  Tensor targets() {
    return targets;
  }

  /** I32: the class of what each labelled image was blended with; null if they are as they are. */
  Tensor blendedIn() {
    return blendedIn;
  }

  /** F32: how much of each labelled image is not {@link #blendedIn}; null together with it. */
  Tensor shares() {
    return shares;
  }

  /** {@link LossKernels#REAL} for each generated image: what the generator wants. */
  Tensor pretended() {
    return pretended;
  }
}
