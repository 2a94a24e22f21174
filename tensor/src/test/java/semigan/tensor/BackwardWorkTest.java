package semigan.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import semigan.tensor.ops.BatchNorm;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Conv2d;
import semigan.tensor.ops.MatMul;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;
import semigan.tensor.ops.Window;

/** A backward pass computes what its targets need, and nothing else: kernel calls are counted. */
class BackwardWorkTest {
  private static final Window SAME = Window.of(1, 1);

  @RegisterExtension final TestDevice device = new TestDevice();

  private CountingBackend counter;
  private Scope scope;
  private Tensor x;
  private Tensor w1;
  private Tensor w2;

  @BeforeEach
  void open() {
    counter = new CountingBackend(device.backend());
    scope = Scope.open(counter.backend());
    x = values(Shape.of(2, 4, 4, 3));
    w1 = values(Shape.of(5, 3, 3, 3));
    w2 = values(Shape.of(3, 3, 3, 5));
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void leavesOutTheFiltersGradientWhereOnlyTheInputsIsWanted() {
    backward(Conv2d.conv2d(x, w1, SAME), x);
    assertEquals(1, counter.calls("backwardInput"));
    assertEquals(0, counter.calls("backwardWeight"));
  }

  @Test
  void leavesOutTheInputsGradientWhereOnlyTheFiltersIsWanted() {
    backward(Conv2d.conv2d(x, w1, SAME), w1);
    assertEquals(0, counter.calls("backwardInput"));
    assertEquals(1, counter.calls("backwardWeight"));
  }

  /** The generator's step: through the discriminator, but not into its filters. */
  @Test
  void goesThroughAFrozenNetworkToWhatLiesBeforeIt() {
    Tensor hidden = Unary.leakyRelu(Conv2d.conv2d(x, w1, SAME), 0.2f);
    backward(Conv2d.conv2d(hidden, w2, SAME), w1);
    assertEquals(1, counter.calls("backwardInput"), "of the second");
    assertEquals(1, counter.calls("backwardWeight"), "of the first");
  }

  @Test
  void stopsAtATargetInTheMiddle() {
    Tensor scale = values(Shape.of(5));
    Tensor shift = values(Shape.of(5));
    Tensor hidden = BatchNorm.batchNorm(Conv2d.conv2d(x, w1, SAME), scale, shift, 1e-5f).y();
    backward(Conv2d.conv2d(hidden, w2, SAME), hidden);
    assertEquals(1, counter.calls("backwardInput"));
    assertEquals(0, counter.calls("batchNormBackward"));
    assertEquals(0, counter.calls("backwardWeight"));
  }

  @Test
  void leavesOutABranchThatNoTargetIsIn() {
    Tensor wanted = Unary.square(x);
    Tensor branch = Unary.tanh(Unary.exp(values(Shape.of(2, 4, 4, 3))));
    backward(Binary.add(wanted, branch), x);
    assertEquals(1, counter.calls("unaryBackward"));
  }

  @Test
  void copiesNothingForAReshape() {
    Tensor rows = Reshape.flatten(x);
    backward(MatMul.matmul(rows, values(Shape.of(48, 7))), x);
    assertEquals(1, counter.calls("matmul"));
    assertEquals(1, counter.calls("strided"), "of the sum alone");
    assertEquals(3, counter.calls(), "and the fill of the upstream");
  }

  @Test
  void doesNothingWhereNoTargetIsReached() {
    Tensor other = values(Shape.of(2));
    backward(Conv2d.conv2d(x, w1, SAME), other);
    assertEquals(2, counter.calls("fill"), "the upstream and the zeros");
    assertEquals(2, counter.calls());
  }

  /** Counts from here on. */
  private void backward(Tensor y, Tensor target) {
    Tensor loss = Sum.sum(y);
    counter.reset();
    loss.backward(List.of(target));
  }

  private Tensor values(Shape shape) {
    return Tensor.of(counter.backend(), shape, device.normal(shape).toDoubles());
  }
}
