package semigan.gan.train;

/** Hears how a training run goes. */
public interface TrainingListener {
  /** After every step. */
  void step(long step, long steps, StepLosses losses, double imagesPerSecond);

  /** Something that a person should read, once. */
  void message(String line);
}
