package semigan.gan.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import semigan.gan.model.GanModel;
import semigan.gan.model.ModelSpec;
import semigan.gan.store.RunFolder;
import semigan.gan.store.StoreException;
import semigan.kernels.Backend;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Cast;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Softmax;
import semigan.tensor.ops.Unary;

/**
 * The classifiers of finished runs that learnt from the same labels, to learn from what they make
 * of unlabelled images. A convolutional network that teaches itself errs on whole groups of images
 * that look like none of its labelled ones, and then confirms itself; a fully connected one that
 * learnt against a generator does not, but errs here and there, most of which its pupil does not
 * take over. What several of different kinds say on average can be more often right than what any
 * one says.
 */
final class Teachers {
  private final List<Teacher> teachers;

  /**
   * @param pupil has a canvas that is as large as the model's, or larger
   */
  private record Teacher(GanModel model, ModelSpec pupil) {
    Tensor probabilities(Tensor images) {
      Tensor logits = model.discriminator().forward(onCanvas(images), Mode.EVAL).detach();
      return Softmax.softmax(Cast.cast(logits, DType.F32));
    }

    /** The images where they lie on the model's own canvas. */
    private Tensor onCanvas(Tensor images) {
      ModelSpec own = model.spec();
      if (own.canvas() == pupil.canvas()) {
        return images;
      }
      Tensor rows = Slice.slice(images, 1, pupil.top() - own.top(), own.canvas());
      return Slice.slice(rows, 2, pupil.left() - own.left(), own.canvas());
    }
  }

  private Teachers(List<Teacher> teachers) {
    this.teachers = teachers;
  }

  /**
   * The model files of those that a config asks for.
   *
   * @throws IllegalArgumentException if one learnt from other images or labels, saying what differs
   * @throws StoreException if there is no run in its place that has saved its model, or it is not
   *     finished
   */
  static List<Path> find(TrainConfig config) {
    List<Path> files = new ArrayList<>();
    for (String teacher : config.images().teacher()) {
      Path folder = Path.of(teacher);
      RunFolder run = RunFolder.open(folder);
      TrainConfig its = TrainConfig.read(run.config());
      List<String> differences = config.differencesOfLabels(its);
      if (!differences.isEmpty()) {
        throw new IllegalArgumentException(
            "teacher %s learnt from other labels: %s; give a run that differs in nothing of this"
                .formatted(folder, String.join("; ", differences)));
      }
      files.add(RunFolder.modelFile(folder));
      requireFinished(run, its);
    }
    return files;
  }

  /** As far as its checkpoints tell; without any it is taken at its word. */
  private static void requireFinished(RunFolder run, TrainConfig config) {
    Checkpoints checkpoints = new Checkpoints(run.checkpoints());
    checkpoints
        .newestStep()
        .filter(step -> step < config.learning().steps())
        .ifPresent(
            step -> {
              throw new StoreException(
                  "teacher %s was stopped at step %d of %d; finish it with train --resume %s"
                      .formatted(
                          run, step, config.learning().steps(), RunFolder.argument(run.path())));
            });
  }

  /**
   * Those that a config asks for; their weights belong to the innermost scope.
   *
   * @param spec of the pupil
   * @throws IllegalArgumentException as {@link #find}, and if one works on a larger canvas, or
   *     learnt from images of another size or kind, or other classes
   * @throws StoreException as {@link #find}
   */
  static Teachers of(TrainConfig config, ModelSpec spec, Backend device) {
    List<Teacher> teachers = new ArrayList<>();
    for (Path file : find(config)) {
      teachers.add(load(file, spec, device));
    }
    return new Teachers(teachers);
  }

  /**
   * Refuses teachers that do not suit, without loading them.
   *
   * @throws IllegalArgumentException as {@link #of}
   * @throws StoreException as {@link #of}
   */
  static void require(TrainConfig config, ModelSpec spec) {
    for (Path file : find(config)) {
      try {
        requireFit(file, GanModel.readSpec(file), spec);
      } catch (IOException e) {
        throw new StoreException(e.getMessage(), e);
      }
    }
  }

  private static Teacher load(Path file, ModelSpec spec, Backend device) {
    try {
      GanModel model = GanModel.load(file, device);
      requireFit(file, model.spec(), spec);
      return new Teacher(model, spec);
    } catch (IOException e) {
      throw new StoreException(e.getMessage(), e);
    }
  }

  private static void requireFit(Path file, ModelSpec there, ModelSpec spec) {
    there.requireClasses("teacher " + file, spec.classes());
    if (there.height() != spec.height() || there.width() != spec.width()) {
      throw new IllegalArgumentException(
          "teacher %s learnt from images of %dx%d, and here they are %dx%d; give the --size that they had there"
              .formatted(file, there.height(), there.width(), spec.height(), spec.width()));
    }
    if (there.channels() != spec.channels()) {
      throw new IllegalArgumentException(
          "teacher %s learnt from images of %d channels, and here they have %d; give the data that it learnt from"
              .formatted(file, there.channels(), spec.channels()));
    }
    if (there.canvas() > spec.canvas()) {
      throw new IllegalArgumentException(
          "teacher %s works on a canvas of %d, larger than %d here; give --size %d, or another teacher"
              .formatted(file, there.canvas(), spec.canvas(), there.canvas()));
    }
  }

  /** Whether there is none. */
  boolean isEmpty() {
    return teachers.isEmpty();
  }

  /**
   * What they make of images: the mean of their probabilities. There must be one of them at least.
   *
   * @param images {@code [batch, canvas, canvas, channels]} in [-1, 1], of the pupil's canvas
   * @return {@code [batch, classes]}, F32, without history
   */
  Tensor probabilities(Tensor images) {
    Tensor sum = teachers.get(0).probabilities(images);
    for (Teacher other : teachers.subList(1, teachers.size())) {
      sum = Binary.add(sum, other.probabilities(images));
    }
    return teachers.size() == 1 ? sum : Unary.linear(sum, 1f / teachers.size(), 0);
  }
}
