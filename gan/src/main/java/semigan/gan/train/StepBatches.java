package semigan.gan.train;

import semigan.gan.data.Batch;

/**
 * The images of one step; what the step does not need is null.
 *
 * @param labelled with labels
 * @param unlabelled whose labels are not looked at
 * @param plain the unlabelled ones without their distortion
 * @param others as many unlabelled ones in another order
 */
public record StepBatches(Batch labelled, Batch unlabelled, Batch plain, Batch others) {
  /** Images alone, labelled or not. */
  public static StepBatches of(Batch labelled, Batch unlabelled) {
    return new StepBatches(labelled, unlabelled, null, null);
  }

  static int count(Batch batch) {
    return batch == null ? 0 : batch.labels().length;
  }
}
