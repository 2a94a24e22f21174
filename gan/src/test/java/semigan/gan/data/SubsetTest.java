package semigan.gan.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubsetTest {
  private final ImageDataset glyphs = DataSets.open("glyphs", DataOptions.defaults()).train();

  @Test
  void heldOutImagesAreOfEachClassAndLeaveTheRest() {
    int[] apart = LabelSplit.heldOut(glyphs, 50);
    Subset held = Subset.of(glyphs, apart);
    Subset rest = Subset.without(glyphs, apart);
    assertEquals(50, held.size());
    assertEquals(glyphs.size() - 50, rest.size());
    int[] counts = new int[10];
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < held.size(); i++) {
      counts[held.label(i)]++;
      seen.add(Arrays.hashCode(image(held, i)));
    }
    assertArrayEquals(new int[] {5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, counts);
    for (int i = 0; i < rest.size(); i++) {
      assertTrue(!seen.contains(Arrays.hashCode(image(rest, i))), "image " + i + " is in both");
    }
    assertArrayEquals(image(glyphs, apart[7]), image(held, 7));
  }

  private static float[] image(ImageDataset data, int index) {
    float[] image = new float[data.imageLength()];
    data.read(index, image, 0);
    return image;
  }

  @Test
  void anUnevenNumberIsRefusedByTheSettingsName() {
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> LabelSplit.heldOut(glyphs, 55));
    assertTrue(refusal.getMessage().startsWith("heldOut is 55, expected a multiple of"));
    assertEquals(0, LabelSplit.heldOut(glyphs, 0).length);
  }
}
