package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.kernels.Backends;
import semigan.kernels.ProfiledBackend;

/** The baseline trains as the run beside it does. */
class BaselineTest {
  private static final int STEPS = 4;

  private static final DataSplit GLYPHS = DataSets.open("glyphs", DataOptions.defaults());

  @Test
  void itsImagesAreAugmentedAsTheRunsAre() {
    assertEquals(List.of((long) STEPS), augmentations(EnumSet.of(DiffAugment.CUTOUT)));
    assertEquals(List.of(), augmentations(Set.of()));
  }

  /** The calls of each kernel that augments. */
  private static List<Long> augmentations(Set<DiffAugment> augment) {
    var config =
        TrainConfig.of(
            Map.of(
                "labels",
                20,
                "steps",
                STEPS,
                "batch",
                6,
                "labelledBatch",
                4,
                "filters",
                4,
                "latent",
                8,
                "augment",
                augment));
    try (var device = new ProfiledBackend(Backends.open("cpu"))) {
      new TrainingRun(config, GLYPHS, device).baseline();
      return device.rows().stream()
          .filter(row -> row.kernel().startsWith("augment "))
          .map(ProfiledBackend.Row::calls)
          .toList();
    }
  }
}
