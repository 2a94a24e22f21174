package semigan.gan.study;

import semigan.gan.store.RunFolder;
import semigan.gan.train.TrainingListener;

/** Hears how a study goes; from several threads at once where seeds run beside each other. */
public interface StudyListener {
  /** A seed begins or goes on in its folder; what its run says goes to the listener returned. */
  TrainingListener begins(long seed, RunFolder run);

  /** A seed was finished, now or, if {@code earlier}, before this study was taken up again. */
  void ended(SeedResult result, boolean earlier);
}
