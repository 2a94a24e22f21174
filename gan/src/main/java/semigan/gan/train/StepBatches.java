package semigan.gan.train;

import semigan.gan.data.Batch;

/**
 * The images of one step; what the step does not need is null.
 *
 * @param labelled with labels
 * @param unlabelled whose labels are not looked at
 * @param forTeacher the unlabelled ones as the teacher of a consistency term sees them
 * @param others as many unlabelled ones in another order
 */
public record StepBatches(Batch labelled, Batch unlabelled, Batch forTeacher, Batch others) {
  /** Images alone, labelled or not. */
  public static StepBatches of(Batch labelled, Batch unlabelled) {
    return new StepBatches(labelled, unlabelled, null, null);
  }

  static int count(Batch batch) {
    return batch == null ? 0 : batch.labels().length;
  }
}
