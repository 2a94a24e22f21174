package semigan.gan.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import semigan.gan.model.Architecture;

class PresetTest {
  @ParameterizedTest
  @MethodSource("semigan.gan.train.Preset#all")
  void everyPresetIsMadeOfKnownSettings(Preset preset) {
    Set<String> unknown = new HashSet<>();
    preset.settings().fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(TrainConfig.settings().keySet());
    unknown.remove("epochs");
    assertEquals(Set.of(), unknown);
    assertFalse(preset.description().isBlank());
    ObjectNode settings = preset.settings();
    settings.remove("epochs");
    settings.put("steps", 1);
    TrainConfig config = TrainConfig.of(settings);
    assertEquals(settings.path("labels").asInt(100), config.images().labels());
  }

  @Test
  void defaultsHaveAValueForAllButTheLengthOfARun() {
    Set<String> missing = new HashSet<>(TrainConfig.settings().keySet());
    Preset.defaults().fieldNames().forEachRemaining(missing::remove);
    assertEquals(Set.of("steps"), missing);
  }

  /** The figures of Salimans et al. 2016 and of their program for MNIST. */
  @Test
  void featureMatchingIsThePublishedRecipe() {
    ObjectNode settings = Preset.named("feature-matching-mnist").settings();
    assertEquals(300, settings.remove("epochs").asInt());
    settings.put("steps", 180_000);
    TrainConfig config = TrainConfig.of(settings);
    assertEquals(Architecture.MLP, config.network().architecture());
    assertEquals(100, config.network().latent());
    assertEquals(100, config.learning().batch());
    assertEquals(100, config.learning().labelledBatch());
    assertEquals(0.003f, config.learning().generatorRate());
    assertEquals(0.003f, config.learning().discriminatorRate());
    assertEquals(0.5f, config.learning().beta1());
    assertTrue(config.learning().epsilonInside());
    assertEquals(1, config.learning().decayFrom(), "a constant rate");
    assertEquals(1e-4f, config.learning().averagingRate());
    assertEquals(GeneratorLoss.FEATURE_MATCHING, config.objective().generatorLoss());
    assertTrue(config.objective().freshFeatures());
    assertFalse(config.objective().regularises());
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    var refusal = assertThrows(IllegalArgumentException.class, () -> Preset.named("cyclegan"));
    assertTrue(
        refusal
            .getMessage()
            .startsWith("there is no preset 'cyclegan'; there are feature-matching-mnist, "),
        refusal.getMessage());
    assertTrue(refusal.getMessage().endsWith(", vat"), refusal.getMessage());
  }

  /** A study makes them one after the other, and none waits for teachers of its own. */
  @ParameterizedTest
  @MethodSource("semigan.gan.train.Preset#all")
  void teachersArePresetsOfTheSameDataWithoutTeachers(Preset preset) {
    for (String name : preset.teachers()) {
      Preset teacher = Preset.named(name);
      assertEquals(List.of(), teacher.teachers());
      assertEquals(preset.settings().get("data"), teacher.settings().get("data"));
      assertTrue(preset.settings().get("consistency").asDouble() > 0, "nobody asks the teachers");
    }
  }
}
