package semigan.gan.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.gan.store.RunFolder;
import semigan.gan.store.StoreException;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Softmax;

/**
 * The classifier of a finished run that learnt from the same labels, to learn from what it makes of
 * unlabelled images. A convolutional network that teaches itself errs on whole groups of images
 * that look like none of its labelled ones, and then confirms itself; a fully connected one that
 * learnt against a generator does not, but errs here and there, most of which its pupil does not
 * take over.
 */
final class Teacher {
  private final GanModel model;
  private final int margin;

  private Teacher(GanModel model, int margin) {
    this.model = model;
    this.margin = margin;
  }

  /**
   * The model file of the one that a config asks for.
   *
   * @throws IllegalArgumentException if it learnt from other images or labels, saying what differs
   * @throws StoreException if there is no run in its place that has saved its model
   */
  static Path find(TrainConfig config) {
    Path folder = Path.of(config.images().teacher());
    RunFolder run = RunFolder.open(folder);
    requireSame(folder, TrainConfig.read(run.config()), config);
    return RunFolder.modelFile(folder);
  }

  /**
   * The one that a config asks for; its weights belong to the innermost scope.
   *
   * @param spec of the pupil
   * @throws IllegalArgumentException as {@link #find}, and if it works on a larger canvas
   * @throws StoreException as {@link #find}
   */
  static Teacher of(TrainConfig config, ModelSpec spec, Backend device) {
    Path file = find(config);
    GanModel model;
    try {
      model = GanModel.load(file, device);
    } catch (IOException e) {
      throw new StoreException(e.getMessage(), e);
    }
    int margin = spec.canvas() - model.spec().canvas();
    if (margin < 0) {
      throw new IllegalArgumentException(
          "teacher %s works on a canvas of %d, larger than %d here; give --size %d, or another teacher"
              .formatted(file, model.spec().canvas(), spec.canvas(), model.spec().canvas()));
    }
    return new Teacher(model, margin);
  }

  /** Other labels would tell what this run must not know. */
  private static void requireSame(Path folder, TrainConfig there, TrainConfig here) {
    List<String> differences = new ArrayList<>();
    compare(differences, "data", there.images().data(), here.images().data());
    compare(differences, "labels", there.images().labels(), here.images().labels());
    compare(differences, "heldOut", there.images().heldOut(), here.images().heldOut());
    compare(differences, "seed", there.run().seed(), here.run().seed());
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "teacher %s learnt from other labels: %s; give a run that differs in nothing of this"
              .formatted(folder, String.join("; ", differences)));
    }
  }

  private static void compare(List<String> differences, String name, Object there, Object here) {
    if (!Objects.equals(there, here)) {
      differences.add("%s is %s there, %s here".formatted(name, there, here));
    }
  }

  /**
   * What it makes of images.
   *
   * @param images {@code [batch, canvas, canvas, channels]} in [-1, 1], of the pupil's canvas
   * @return {@code [batch, classes]}, F32, without history
   */
  Tensor probabilities(Tensor images) {
    Tensor seen = images;
    for (int axis = 1; axis <= 2 && margin > 0; axis++) {
      seen = Slice.slice(seen, axis, margin / 2, model.spec().canvas());
    }
    Tensor logits = model.discriminator().forward(seen, Mode.EVAL).detach();
    return Softmax.softmax(Cast.cast(logits, DType.F32));
  }
}
