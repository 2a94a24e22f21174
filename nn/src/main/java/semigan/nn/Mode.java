package semigan.nn;

/** What a forward pass is for. */
public enum Mode {
  /** Batch statistics, noise and dropout; running statistics stay as they are. */
  TRAIN,
  /** As {@link #TRAIN}, and running statistics move towards those of this batch. */
  TRAIN_TRACKING,
  /** Running statistics, no noise, no dropout. */
  EVAL
}
