package semigan.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import semigan.kernels.Backend;
import semigan.kernels.Backends;

/**
 * A fresh {@code reference} backend with an open scope for each test, and seeded values to put on
 * it. When the test is over and its scope is closed, not a byte may be live.
 */
public final class TestDevice implements BeforeEachCallback, AfterEachCallback {
  private Backend backend;
  private Scope scope;
  private Random random;

  @Override
  public void beforeEach(ExtensionContext context) {
    backend = Backends.open("reference");
    scope = Scope.open(backend);
    random = new Random(20160610);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    scope.close();
    long live = backend.memory().live();
    backend.close();
    assertEquals(0, live, "bytes still live after the test");
  }

  public Backend backend() {
    return backend;
  }

  /** The test's own scope. */
  public Scope scope() {
    return scope;
  }

  /** Starts from the same seed in each test. */
  public Random random() {
    return random;
  }

  /** An F64 tensor. */
  public Tensor tensor(Shape shape, double... values) {
    return Tensor.of(backend, shape, values);
  }

  /** An I32 vector. */
  public Tensor labels(int... values) {
    return Tensor.of(backend, Shape.of(values.length), values);
  }

  /** Standard normal F64. */
  public Tensor normal(Shape shape) {
    return tensor(
        shape, random.doubles(shape.elements()).map(u -> random.nextGaussian()).toArray());
  }

  /** Uniform F64 in {@code [low, high)}. */
  public Tensor uniform(Shape shape, double low, double high) {
    return tensor(shape, random.doubles(shape.elements(), low, high).toArray());
  }

  /** Multiples of a tenth around 0 in random order, no two equal: far from ties. */
  public Tensor distinct(Shape shape) {
    int count = Math.toIntExact(shape.elements());
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      values[i] = values[other];
      values[other] = (i - count / 2) * 0.1;
    }
    return tensor(shape, values);
  }
}
