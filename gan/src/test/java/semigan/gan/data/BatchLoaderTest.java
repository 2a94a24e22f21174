package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatchLoaderTest {
  private static final int[] ALL = IntStream.range(0, 100).toArray();

  private final ImageDataset data = Ramp.dots(100, 10);

  private BatchLoader loader(int[] indices, int batch, long seed, long first) {
    return new BatchLoader(data, indices, batch, seed, first, null);
  }

  /** The images, by number, of the next {@code count} batches one after the other. */
  private static List<Integer> images(BatchLoader loader, int count) {
    List<Integer> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // Ramp: the one byte of image i is i + 1.
      Arrays.stream(Ramp.bytes(loader.next().images())).forEach(value -> images.add(value - 1));
    }
    return images;
  }

  @Test
  void everyEpochShowsEveryImageOnceInAnotherOrder() {
    try (BatchLoader loader = loader(ALL, 20, 1, 0)) {
      List<Integer> first = images(loader, 5);
      List<Integer> second = images(loader, 5);
      List<Integer> sorted = Arrays.stream(ALL).boxed().toList();
      assertEquals(sorted, first.stream().sorted().toList());
      assertEquals(sorted, second.stream().sorted().toList());
      assertNotEquals(sorted, first);
      assertNotEquals(first, second);
    }
  }

  @Test
  void aBatchCarriesItsLabelsAndItsIndex() {
    try (BatchLoader loader = loader(ALL, 8, 1, 40)) {
      Batch batch = loader.next();
      assertEquals(40, batch.index());
      int[] expected = Arrays.stream(Ramp.bytes(batch.images())).map(v -> (v - 1) % 10).toArray();
      assertArrayEquals(expected, batch.labels());
      assertEquals(41, loader.next().index());
    }
  }

  @Test
  void batchesRunOnAcrossEpochsAndMayBeLargerThanTheList() {
    int[] few = {3, 14, 15};
    try (BatchLoader loader = loader(few, 8, 1, 0)) {
      List<Integer> images = images(loader, 3);
      for (int epoch = 0; epoch < 8; epoch++) {
        List<Integer> once = images.subList(3 * epoch, 3 * epoch + 3);
        assertEquals(List.of(3, 14, 15), once.stream().sorted().toList(), "epoch " + epoch);
      }
    }
  }

  @Test
  void aRunThatBeginsAnywhereSeesWhatAnUnbrokenRunSees() {
    ImageDataset glyphs = Glyphs.split(1).test();
    int[] indices = IntStream.range(0, 50).toArray();
    Augmentation augmentation = new Augmentation(3, true, 0);
    try (BatchLoader unbroken = new BatchLoader(glyphs, indices, 16, 9, 0, augmentation, 1)) {
      IntStream.range(0, 11).forEach(i -> unbroken.next());
      for (long first = 11; first < 15; first++) {
        Batch expected = unbroken.next();
        try (BatchLoader resumed =
            new BatchLoader(glyphs, indices, 16, 9, first, augmentation, 1)) {
          Batch actual = resumed.next();
          assertEquals(expected.index(), actual.index());
          assertArrayEquals(expected.images(), actual.images());
          assertArrayEquals(expected.labels(), actual.labels());
          assertArrayEquals(expected.mixup().partners(), actual.mixup().partners());
          assertArrayEquals(expected.mixup().shares(), actual.mixup().shares());
        }
      }
    }
  }

  @Test
  void aBatchSaysHowItsImagesWereBlended() {
    try (BatchLoader plain = loader(ALL, 8, 1, 0);
        BatchLoader blended = new BatchLoader(data, ALL, 8, 1, 0, null, 1)) {
      for (int i = 0; i < 20; i++) {
        Batch expected = plain.next();
        Batch actual = blended.next();
        assertNull(expected.mixup());
        assertArrayEquals(expected.labels(), actual.labels());
        float[] images = expected.images();
        for (int j = 0; j < 8; j++) {
          int partner = actual.mixup().partners()[j];
          float share = actual.mixup().shares()[j];
          assertEquals(share * images[j] + (1 - share) * images[partner], actual.images()[j], 1e-6);
          assertEquals(expected.labels()[partner], actual.partnerLabels()[j]);
        }
      }
    }
  }

  @Test
  void anotherSeedIsAnotherOrder() {
    try (BatchLoader one = loader(ALL, 50, 1, 0);
        BatchLoader two = loader(ALL, 50, 2, 0)) {
      assertNotEquals(images(one, 1), images(two, 1));
    }
  }

  @Test
  void theSameFewArraysAreUsedAgainAndAgain() {
    try (BatchLoader loader = loader(ALL, 10, 1, 0)) {
      Map<float[], Boolean> arrays = new IdentityHashMap<>();
      for (int i = 0; i < 1000; i++) {
        arrays.put(loader.next().images(), true);
      }
      assertTrue(arrays.size() <= 4, arrays.size() + " arrays");
    }
  }

  @Test
  void aBatchStaysAsItIsUntilTheNextIsAskedFor() throws InterruptedException {
    try (BatchLoader loader = loader(ALL, 10, 1, 0)) {
      Batch batch = loader.next();
      float[] before = batch.images().clone();
      Thread.sleep(50);
      assertArrayEquals(before, batch.images());
    }
  }

  /** A data set whose reading fails with what {@code failure} throws, or waits. */
  private record Failing(ImageDataset inner, Runnable failure) implements ImageDataset {
    @Override
    public String name() {
      return inner.name();
    }

    @Override
    public int size() {
      return inner.size();
    }

    @Override
    public int height() {
      return inner.height();
    }

    @Override
    public int width() {
      return inner.width();
    }

    @Override
    public int channels() {
      return inner.channels();
    }

    @Override
    public List<String> classNames() {
      return inner.classNames();
    }

    @Override
    public int label(int index) {
      return inner.label(index);
    }

    @Override
    public void read(int index, float[] target, int offset) {
      if (index == 99) {
        failure.run();
      }
      inner.read(index, target, offset);
    }
  }

  @Test
  void whatFailsInTheThreadIsThrownByNextAfterTheGoodBatchesAndEverAfter() {
    Error lost = new OutOfMemoryError("disk on fire");
    Failing failing =
        new Failing(
            data,
            () -> {
              throw lost;
            });
    try (BatchLoader loader = new BatchLoader(failing, ALL, 1, 1, 0, null)) {
      DataException refusal =
          assertThrows(
              DataException.class,
              () -> {
                for (int i = 0; i < 101; i++) {
                  assertEquals(i, loader.next().index());
                }
              });
      assertSame(lost, refusal.getCause());
      assertTrue(refusal.getMessage().contains("disk on fire"), refusal.getMessage());
      assertThrows(DataException.class, loader::next);
    }
  }

  private static List<Thread> loaderThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("batches of ramp"))
        .toList();
  }

  @Test
  void closingEndsTheThreadAtOnceAndTwiceIsOnce() {
    BatchLoader loader = loader(ALL, 10, 1, 0);
    loader.next();
    assertFalse(loaderThreads().isEmpty());
    assertTrue(loaderThreads().stream().allMatch(Thread::isDaemon));
    assertTimeoutPreemptively(Duration.ofSeconds(2), loader::close);
    assertTrue(loaderThreads().isEmpty());
    loader.close();
    assertThrows(IllegalStateException.class, loader::next);
  }

  @Test
  void closingFreesWhoeverWaitsForABatch() throws Exception {
    Failing stuck =
        new Failing(
            data,
            () -> {
              try {
                TimeUnit.HOURS.sleep(1);
              } catch (InterruptedException e) {
                throw new IllegalStateException("woken", e);
              }
            });
    BatchLoader loader = new BatchLoader(stuck, new int[] {99}, 1, 1, 0, null);
    CompletableFuture<Batch> waiting = CompletableFuture.supplyAsync(loader::next);
    Thread.sleep(50);
    loader.close();
    ExecutionException refusal = assertThrows(ExecutionException.class, waiting::get);
    assertTrue(refusal.getCause() instanceof IllegalStateException, refusal.toString());
  }

  @Test
  void sizesThatMakeNoSenseAreRefused() {
    for (int batch : new int[] {0, -1}) {
      assertThrows(IllegalArgumentException.class, () -> loader(ALL, batch, 1, 0));
    }
    assertThrows(IllegalArgumentException.class, () -> loader(new int[0], 1, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> loader(new int[] {100}, 1, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> loader(ALL, 1, 1, -1));
    for (float mixup : new float[] {-0.1f, 1.1f, Float.NaN}) {
      assertThrows(
          IllegalArgumentException.class, () -> new BatchLoader(data, ALL, 1, 1, 0, null, mixup));
    }
  }
}
