package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelSplitTest {
  private final ImageDataset train = Ramp.dots(200, 10);

  private String refusal(ImageDataset data, int labels) {
    return assertThrows(IllegalArgumentException.class, () -> LabelSplit.choose(data, labels, 1))
        .getMessage();
  }

  @Test
  void everyClassGetsTheSameNumberAndNoImageComesTwice() {
    int[] chosen = LabelSplit.choose(train, 50, 3);
    int[] counts = new int[10];
    for (int index : chosen) {
      counts[train.label(index)]++;
    }
    assertArrayEquals(new int[] {5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, counts);
    assertEquals(50, Arrays.stream(chosen).distinct().count());
  }

  @Test
  void theSeedDecidesAndFewerLabelsAreAPrefixOfMore() {
    int[] fifty = LabelSplit.choose(train, 50, 3);
    assertArrayEquals(fifty, LabelSplit.choose(train, 50, 3));
    assertFalse(Arrays.equals(fifty, LabelSplit.choose(train, 50, 4)));
    assertArrayEquals(fifty, Arrays.copyOf(LabelSplit.choose(train, 200, 3), 50));
  }

  @Test
  void unlabelledImagesAreNeverChosen() {
    ImageDataset some = Ramp.of(1, 1, 1, 2, -1, 1, -1, 0, 1, -1, 0);
    int[] chosen = LabelSplit.choose(some, 4, 1);
    Arrays.sort(chosen);
    assertArrayEquals(new int[] {1, 3, 4, 6}, chosen);
  }

  @Test
  void theMostLabelsAreThoseOfTheSmallestClassForEach() {
    assertEquals(200, LabelSplit.most(train));
    assertEquals(4, LabelSplit.most(Ramp.of(1, 1, 1, 2, 0, 0, -1, 0, 1, 1)));
  }

  @ParameterizedTest
  @CsvSource({"7, nearest: 10", "0, nearest: 10", "-3, nearest: 10", "25, nearest: 20 or 30"})
  void aNumberThatCannotBeBalancedIsRefusedWithTheNearestThatCan(int labels, String said) {
    String message = refusal(train, labels);
    assertTrue(
        message.startsWith(
            "labels is %d, expected a multiple of the 10 classes from 10 to 200".formatted(labels)),
        message);
    assertTrue(message.endsWith(said), message);
  }

  @Test
  void moreLabelsThanThereAreIsRefusedWithTheClassThatIsShort() {
    ImageDataset uneven = Ramp.of(1, 1, 1, 2, 0, 0, 0, 1, 1);
    assertEquals(
        "labels is 6, expected at most 4: class 'class 1' of ramp has only 2 labelled images",
        refusal(uneven, 6));
    assertEquals(
        "class 'class 1' of ramp has only 0 labelled images, expected 1 or more",
        refusal(Ramp.of(1, 1, 1, 2, 0, -1), 2));
  }
}
