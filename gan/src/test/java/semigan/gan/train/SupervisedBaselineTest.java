package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.gan.data.LabelSplit;
import semigan.gan.data.PaddedDataset;
import semigan.gan.model.ModelSpec;
import semigan.kernels.Backends;
import semigan.kernels.ProfiledBackend;

/** The baseline trains as the run beside it does. */
class SupervisedBaselineTest {
  private static final int STEPS = 4;

  private static final DataSplit GLYPHS =
      DataSets.open("glyphs", DataOptions.defaults()).map(part -> new PaddedDataset(part, 32, 32));

  @Test
  void itsImagesAreAugmentedAsTheRunsAre() {
    assertEquals(List.of((long) STEPS), augmentations(EnumSet.of(DiffAugment.CUTOUT)));
    assertEquals(List.of(), augmentations(Set.of()));
  }

  /** The calls of each kernel that augments. */
  private static List<Long> augmentations(Set<DiffAugment> augment) {
    var config =
        new TrainConfig(
            "glyphs",
            null,
            20,
            32,
            STEPS,
            6,
            4,
            0,
            false,
            augment,
            4,
            8,
            GeneratorLoss.BOTH,
            2e-4f,
            2e-4f,
            0.5f,
            1,
            0.01f,
            1,
            "cpu",
            Precision.F32,
            1,
            1,
            1);
    var train = GLYPHS.train();
    var spec = new ModelSpec(ModelSpec.DCGAN, 32, 28, 28, 1, 4, 8, train.classNames());
    try (var device = new ProfiledBackend(Backends.open("cpu"))) {
      int[] labelled = LabelSplit.choose(train, 20, 1);
      SupervisedBaseline.train(config, spec, train, labelled, GLYPHS.test(), device);
      return device.rows().stream()
          .filter(row -> row.kernel().startsWith("augment "))
          .map(ProfiledBackend.Row::calls)
          .toList();
    }
  }
}
