package semigan.gan.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Chooses the images whose labels may be used, to train or to measure: as many of each class. */
public final class LabelSplit {
  private static final long STREAM = 0x6c6162656c73L; // "labels"
  private static final long HELD_OUT_STREAM = 0x6170617274L; // "apart"

  private LabelSplit() {}

  /**
   * Chooses labelled images. The classes take turns in the result, and for one seed the choice of
   * fewer labels is a prefix of the choice of more, so runs with 100 and 200 labels are comparable.
   *
   * @param train the images to choose from
   * @param labels how many in all: a multiple of the number of classes
   * @param seed a pure function of it and the data set's labels
   * @return indices into {@code train}
   * @throws IllegalArgumentException if {@code labels} is not allowed, with what is
   */
  public static int[] choose(ImageDataset train, int labels, long seed) {
    return choose(train, "labels", labels, STREAM, seed);
  }

  /**
   * Chooses images to measure on while training goes on, as many of each class; always the same, so
   * that runs of any seed can be compared.
   *
   * @param count how many in all: 0, or a multiple of the number of classes
   * @return indices into {@code train}
   * @throws IllegalArgumentException if {@code count} is not allowed, with what is
   */
  public static int[] heldOut(ImageDataset train, int count) {
    return count == 0 ? new int[0] : choose(train, "heldOut", count, HELD_OUT_STREAM, 0);
  }

  /** The most labels that can be chosen: as many of each class as the smallest one has. */
  public static int most(ImageDataset train) {
    int[][] members = members(train, train.classNames().size());
    return members.length * members[smallest(members)].length;
  }

  private static int[] choose(
      ImageDataset train, String setting, int count, long stream, long seed) {
    int classes = train.classNames().size();
    int[][] members = members(train, classes);
    check(train, setting, count, members);
    int[] chosen = new int[count];
    for (int k = 0; k < classes; k++) {
      new Draws(stream, seed, k).shuffle(members[k]);
      for (int rank = 0; rank < count / classes; rank++) {
        chosen[rank * classes + k] = members[k][rank];
      }
    }
    return chosen;
  }

  /** The indices of each class, in rising order. */
  private static int[][] members(ImageDataset train, int classes) {
    int[] labels = IntStream.range(0, train.size()).map(train::label).toArray();
    int[][] members = new int[classes][];
    for (int k = 0; k < classes; k++) {
      int wanted = k;
      members[k] = IntStream.range(0, labels.length).filter(i -> labels[i] == wanted).toArray();
    }
    return members;
  }

  private static int smallest(int[][] members) {
    int smallest = 0;
    for (int k = 1; k < members.length; k++) {
      smallest = members[k].length < members[smallest].length ? k : smallest;
    }
    return smallest;
  }

  private static void check(ImageDataset train, String setting, int labels, int[][] members) {
    int classes = members.length;
    int smallest = smallest(members);
    int most = classes * members[smallest].length;
    String fewest =
        "class '%s' of %s has only %d labelled images"
            .formatted(train.classNames().get(smallest), train.name(), members[smallest].length);
    if (most == 0) {
      throw new IllegalArgumentException(fewest + ", expected 1 or more");
    }
    if (labels > most) {
      throw new IllegalArgumentException(
          "%s is %d, expected at most %d: %s".formatted(setting, labels, most, fewest));
    }
    if (labels < 1 || labels % classes != 0) {
      throw new IllegalArgumentException(
          "%s is %d, expected a multiple of the %d classes from %d to %d; nearest: %s"
              .formatted(setting, labels, classes, classes, most, nearest(labels, classes, most)));
    }
  }

  private static String nearest(int labels, int classes, int most) {
    int below = Math.floorDiv(labels, classes) * classes;
    int[] near =
        IntStream.of(below, below + classes).filter(n -> n >= classes && n <= most).toArray();
    return near.length == 0
        ? Integer.toString(classes)
        : String.join(" or ", Arrays.stream(near).mapToObj(Integer::toString).toList());
  }
}
