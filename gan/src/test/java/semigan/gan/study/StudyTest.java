package semigan.gan.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import semigan.gan.data.DataOptions;
import semigan.gan.data.DataSets;
import semigan.gan.data.DataSplit;
import semigan.gan.store.RunFolder;
import semigan.gan.train.StepLosses;
import semigan.gan.train.TrainConfig;
import semigan.gan.train.TrainingListener;
import semigan.kernels.Backend;
import semigan.kernels.Backends;

@Timeout(60)
class StudyTest {
  private static final DataSplit GLYPHS = DataSets.open("glyphs", DataOptions.defaults());

  @TempDir Path folder;

  /** The first seed would go on for hours; the second finds no device once that has begun. */
  @Test
  void whereOneSeedFailsTheOthersStopAndNoneBegins() {
    TrainConfig config =
        TrainConfig.of(
            Map.of("architecture", "mlp", "size", 28, "labels", 20, "latent", 0, "steps", 1 << 30));
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger opened = new AtomicInteger();
    Supplier<Backend> devices =
        () -> {
          if (opened.incrementAndGet() == 1) {
            return Backends.open("cpu");
          }
          await(begun);
          throw new IllegalArgumentException("no device");
        };
    StudyFolder studied = StudyFolder.open(folder.resolve("study"), config);
    Study study = new Study(config, GLYPHS, studied, devices);
    var failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> study.run(List.of(1L, 2L, 3L), 2, listener(begun)));
    assertEquals("no device", failure.getMessage());
    assertEquals(2, opened.get());
    assertEquals(1, studied.seeds().size());
  }

  private static void await(CountDownLatch begun) {
    try {
      begun.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static StudyListener listener(CountDownLatch begun) {
    return new StudyListener() {
      @Override
      public TrainingListener begins(long seed, RunFolder run) {
        return new TrainingListener() {
          @Override
          public void step(long step, long steps, StepLosses losses, double imagesPerSecond) {
            begun.countDown();
          }

          @Override
          public void message(String line) {}
        };
      }

      @Override
      public void ended(SeedResult result, boolean earlier) {}
    };
  }
}
