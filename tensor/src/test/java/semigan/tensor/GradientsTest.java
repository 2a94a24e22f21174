package semigan.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import semigan.tensor.ops.Binary;
import semigan.tensor.ops.Concatenate;
import semigan.tensor.ops.GradientCheck;
import semigan.tensor.ops.MatMul;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.Slice;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

class GradientsTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void addUpWhatComesBackAlongEveryPath() {
    GradientCheck.check(
        in -> {
          Tensor shared = Unary.tanh(in.get(0));
          Tensor left = Unary.exp(shared);
          Tensor right = Binary.multiply(shared, in.get(1));
          return Binary.divide(Binary.add(left, right), Binary.add(left, Unary.square(shared)));
        },
        device.normal(Shape.of(3, 4)),
        device.normal(Shape.of(4)));
  }

  @Test
  void countATensorThatIsUsedTwiceTwice() {
    Tensor x = device.normal(Shape.of(3));
    Tensor loss = Sum.sum(Binary.add(x, x));
    assertArrayEquals(new double[] {2, 2, 2}, gradient(loss, x));
  }

  @Test
  void visitEachNodeOnceHoweverManyPathsLeadToIt() {
    Tensor x = device.tensor(Shape.of(1), 1);
    Tensor y = x;
    for (int i = 0; i < 60; i++) {
      y = Binary.add(y, y);
    }
    assertArrayEquals(new double[] {0x1p60}, gradient(y, x));
  }

  @Test
  void reachThroughMoreNodesThanAStackHolds() {
    Tensor x = device.tensor(Shape.of(1), 1);
    Tensor y = x;
    for (int i = 0; i < 20_000; i++) {
      y = Unary.linear(y, 1, 0);
    }
    assertArrayEquals(new double[] {1}, gradient(y, x));
  }

  @Test
  void areZeroWhereTheLossDoesNotDependOnTheTarget() {
    Tensor x = device.normal(Shape.of(2));
    Tensor other = device.normal(Shape.of(2, 3));
    Gradients gradients = Sum.sum(Unary.square(x)).backward(List.of(x, other));
    assertEquals(other.shape(), gradients.of(other).shape());
    assertArrayEquals(new double[6], gradients.of(other).toDoubles());
  }

  @Test
  void existForATensorInTheMiddleToo() {
    Tensor x = device.tensor(Shape.of(2), 1, 2);
    Tensor middle = Unary.square(x);
    Tensor loss = Sum.sum(Unary.square(middle));
    assertArrayEquals(new double[] {2, 8}, gradient(loss, middle));
    Gradients both = loss.backward(List.of(middle, x));
    assertArrayEquals(new double[] {2, 8}, both.of(middle).toDoubles());
    assertArrayEquals(new double[] {4, 32}, both.of(x).toDoubles());
  }

  @Test
  void areOneForTheLossItself() {
    Tensor loss = Sum.sum(device.normal(Shape.of(2)));
    assertArrayEquals(new double[] {1}, gradient(loss, loss));
    Tensor leaf = device.tensor(Shape.of(), 3);
    assertArrayEquals(new double[] {1}, gradient(leaf, leaf));
  }

  @Test
  void stopAtADetachedTensor() {
    Tensor x = device.tensor(Shape.of(2), 3, 4);
    Tensor loss = Sum.sum(Binary.multiply(x, x.detach()));
    assertArrayEquals(new double[] {3, 4}, gradient(loss, x), "of one factor only");
    assertArrayEquals(new double[2], gradient(Sum.sum(Unary.square(x).detach()), x));
  }

  @Test
  void areTheSameWhenTakenAgain() {
    Tensor x = device.normal(Shape.of(5));
    Tensor loss = Sum.mean(Unary.exp(Unary.tanh(x)));
    assertArrayEquals(gradient(loss, x), gradient(loss, x));
  }

  @Test
  void passThroughChainsOfViews() {
    GradientCheck.check(
        in -> {
          Tensor flat = Reshape.flatten(Reshape.reshape(in.get(0), Shape.of(3, 2, 2)));
          Tensor back = Reshape.reshape(flat, Shape.of(2, 6));
          return Binary.add(back, Binary.add(in.get(0), Unary.square(back)));
        },
        device.normal(Shape.of(2, 6)));
  }

  /** An addition sends one gradient to both sides; the first to be done must not release it. */
  @Test
  void surviveWhereTwoTensorsWaitWithTheSameOne() {
    GradientCheck.check(
        in -> {
          Tensor early = Unary.tanh(in.get(0));
          Tensor late = Reshape.reshape(Unary.exp(in.get(0)), Shape.of(6));
          Tensor sum = Binary.add(Reshape.reshape(early, Shape.of(6)), late);
          return Unary.square(Binary.add(sum, sum));
        },
        device.normal(Shape.of(2, 3)));
  }

  /** Clipping scales gradients in place, so that none may be another's. */
  @Test
  void haveTheirOwnMemoryEach() {
    Tensor a = device.normal(Shape.of(3));
    Tensor b = device.normal(Shape.of(1, 3));
    Tensor middle = Binary.add(a, b);
    Tensor loss = Sum.sum(Binary.multiply(middle, device.tensor(Shape.of(3), 1, 2, 3)));
    List<Tensor> targets = List.of(a, b, middle);
    Gradients gradients = loss.backward(targets);
    for (Tensor target : targets) {
      Tensor gradient = gradients.of(target);
      assertEquals(target.shape(), gradient.shape());
      assertArrayEquals(new double[] {1, 2, 3}, gradient.toDoubles());
      gradient.assign(new float[3]);
    }
  }

  @Test
  void areTheOnlyMemoryThatBackwardLeavesBehind() {
    Tensor x = device.normal(Shape.of(4, 64));
    Tensor w = device.normal(Shape.of(64, 32));
    Tensor h = Unary.leakyRelu(MatMul.matmul(x, w), 0.2f);
    Tensor joined = Concatenate.concatenate(1, List.of(h, Slice.slice(h, 1, 0, 8)));
    Tensor loss = Sum.mean(Unary.softplus(joined));
    long before = live();
    loss.backward(List.of(w));
    assertEquals(before + 64 * 32 * Double.BYTES, live());
  }

  @Test
  void onTheWayAreReleasedOnTheWay() {
    int elements = 1024;
    Tensor x = device.normal(Shape.of(elements));
    Tensor y = x;
    for (int i = 0; i < 40; i++) {
      y = Reshape.reshape(Unary.tanh(y), Shape.of(elements));
    }
    Tensor loss = Sum.sum(y);
    long before = live();
    gradient(loss, x);
    long most = device.backend().memory().peak() - before;
    assertEquals(2.0, (double) most / (elements * Double.BYTES), 0.1, "gradients alive at a time");
  }

  @Test
  void belongToTheScopeInWhichBackwardWasCalled() {
    Tensor x = device.normal(Shape.of(3));
    Tensor kept;
    Tensor lost;
    try (Scope inner = Scope.open(device.backend())) {
      Tensor loss = Sum.sum(Unary.linear(x, 2, 0));
      kept = inner.keep(loss.backward(List.of(x)).of(x));
      lost = loss.backward(List.of(x)).of(x);
    }
    assertArrayEquals(new double[] {2, 2, 2}, kept.toDoubles());
    assertThrows(IllegalStateException.class, lost::toDoubles);
  }

  @Test
  void needAScalar() {
    Tensor x = device.normal(Shape.of(2, 3));
    var refusal = assertThrows(IllegalArgumentException.class, () -> x.backward(List.of(x)));
    assertEquals(
        "backward: the loss must be a scalar but has shape [2,3]; take its mean or sum first",
        refusal.getMessage());
  }

  @Test
  void areRefusedForWhatWasNoTarget() {
    Tensor x = device.normal(Shape.of(2));
    Tensor other = device.normal(Shape.of(2, 3));
    Gradients gradients = Sum.sum(x).backward(List.of(x));
    var refusal = assertThrows(IllegalArgumentException.class, () -> gradients.of(other));
    assertEquals(
        "gradient: this tensor of shape [2,3] was not among the targets of backward",
        refusal.getMessage());
  }

  @Test
  void mustHaveTheShapeOfTheirTensor() {
    Tensor x = device.normal(Shape.of(2, 3));
    Tensor wrong =
        device
            .tensor(Shape.of(), 0)
            .madeBy("wrong", List.of(x), (dy, gradients) -> gradients.to(x, () -> dy));
    long before = live();
    var failure = assertThrows(IllegalStateException.class, () -> wrong.backward(List.of(x)));
    assertEquals(
        "backward: a gradient of shape [] was sent to a tensor of shape [2,3]",
        failure.getMessage());
    assertEquals(before, live(), "a backward pass that fails leaves nothing behind");
  }

  @Test
  void ofManyTargetsComeFromOnePass() {
    Tensor[] inputs = new Tensor[6];
    Arrays.setAll(inputs, i -> device.normal(Shape.of(1, i + 1)));
    GradientCheck.check(in -> Unary.square(Concatenate.concatenate(1, in)), inputs);
  }

  private long live() {
    return device.backend().memory().live();
  }

  private static double[] gradient(Tensor loss, Tensor target) {
    return loss.backward(List.of(target)).of(target).toDoubles();
  }
}
