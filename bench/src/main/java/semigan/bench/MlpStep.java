package semigan.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import semigan.gan.data.Batch;
import semigan.gan.model.ModelSpec;
import semigan.gan.train.GanTrainer;
import semigan.gan.train.Preset;
import semigan.gan.train.StepBatches;
import semigan.gan.train.StepLosses;
import semigan.gan.train.TrainConfig;
import semigan.kernels.Backend;

/**
 * A training step of the preset {@code feature-matching-mnist} on random images and labels:
 * semi-supervised feature matching with fully connected layers on 28x28 images.
 */
final class MlpStep implements AutoCloseable {
  private static final int SIDE = 28;
  private static final int CLASSES = 10;

  private final GanTrainer trainer;
  private long number;

  /**
   * @param batch labelled images, unlabelled images and generated images of a step, each
   */
  MlpStep(Backend device, int batch) {
    ObjectNode settings = Preset.named("feature-matching-mnist").settings();
    settings.remove("epochs");
    settings.put("steps", 1).put("batch", batch).put("labelledBatch", batch);
    TrainConfig config = TrainConfig.of(settings);
    List<String> classes = IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
    ModelSpec spec =
        new ModelSpec(
            config.network().architecture(),
            SIDE,
            SIDE,
            SIDE,
            1,
            config.network().filters(),
            config.network().latent(),
            classes);
    trainer = new GanTrainer(config, spec, device);
    Batch labelled = DcganStep.random(batch, SIDE * SIDE, 1);
    Arrays.setAll(labelled.labels(), i -> i % CLASSES);
    Batch unlabelled = DcganStep.random(batch, SIDE * SIDE, 2);
    trainer.initialise(unlabelled.images());
    trainer.feed(
        new StepBatches(labelled, unlabelled, null, DcganStep.random(batch, SIDE * SIDE, 3)));
  }

  /**
   * Queues one update of the discriminator and one of the generator, on the same images each time.
   */
  void run() {
    trainer.run(++number);
  }

  /** Waits for the discriminator's loss in the step that was run last. */
  float loss() {
    StepLosses losses = trainer.report().losses();
    return losses.labelled() + (losses.real() + losses.fake()) / 2;
  }

  @Override
  public void close() {
    trainer.close();
  }
}
