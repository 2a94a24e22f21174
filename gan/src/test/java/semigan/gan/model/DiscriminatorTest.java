package semigan.gan.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.nn.Mode;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;
import semigan.tensor.ops.Concatenate;
import semigan.tensor.ops.Slice;

class DiscriminatorTest {
  private final Backend device = Backends.open("reference");
  private final Scope scope = Scope.open(device);
  private final RandomSource random = new RandomSource(device, 7);

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  /** Of those that see no noise; real and generated images pass so in training. */
  @ParameterizedTest
  @EnumSource(value = Architecture.class, names = "MLP", mode = EnumSource.Mode.EXCLUDE)
  void twoBatchesInOnePassAreJudgedAsIfEachCameAlone(Architecture architecture) {
    var spec = new ModelSpec(architecture, 32, 32, 32, 1, 2, 4, List.of("a", "b", "c"));
    Discriminator discriminator = GanModel.create(spec, random).discriminator();
    // Unlike each other, so that common statistics would show.
    Tensor dark = random.normal(DType.F32, Shape.of(3, 32, 32, 1), -0.5f, 0.5f);
    Tensor bright = random.normal(DType.F32, Shape.of(2, 32, 32, 1), 0.7f, 0.2f);
    Tensor images = Concatenate.concatenate(0, List.of(dark, bright));
    var together = discriminator.judge(images, List.of(3, 2), Mode.TRAIN);
    assertSameAsAlone(discriminator, images, together, 0, 3);
    assertSameAsAlone(discriminator, images, together, 3, 2);
  }

  private static void assertSameAsAlone(
      Discriminator discriminator,
      Tensor images,
      Discriminator.Output together,
      int from,
      int size) {
    var alone = discriminator.judge(Slice.slice(images, 0, from, size), Mode.TRAIN);
    assertArrayEquals(
        alone.features().toFloats(),
        Slice.slice(together.features(), 0, from, size).toFloats(),
        1e-5f);
    assertArrayEquals(
        alone.logits().toFloats(), Slice.slice(together.logits(), 0, from, size).toFloats(), 1e-5f);
  }
}
