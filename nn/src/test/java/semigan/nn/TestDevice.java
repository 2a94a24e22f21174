package semigan.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.RandomSource;
import semigan.tensor.Scope;
import semigan.tensor.Shape;
import semigan.tensor.Tensor;

/**
 * A fresh {@code reference} backend with an open scope for each test, and seeded values to put on
 * it. When the test is over and its scope is closed, not a byte may be live.
 */
final class TestDevice implements BeforeEachCallback, AfterEachCallback {
  private Backend backend;
  private Scope scope;
  private RandomSource draws;
  private Random random;

  @Override
  public void beforeEach(ExtensionContext context) {
    backend = Backends.open("reference");
    scope = Scope.open(backend);
    draws = new RandomSource(backend, 1);
    random = new Random(20160225);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    scope.close();
    long live = backend.memory().live();
    backend.close();
    assertEquals(0, live, "bytes still live after the test");
  }

  Backend backend() {
    return backend;
  }

  /** The device's own random numbers. */
  RandomSource draws() {
    return draws;
  }

  Tensor tensor(Shape shape, float... values) {
    return Tensor.of(backend, shape, values);
  }

  /** An I32 vector. */
  Tensor labels(int... values) {
    return Tensor.of(backend, Shape.of(values.length), values);
  }

  /** Standard normal F32. */
  Tensor normal(Shape shape) {
    return uniformOrNormal(shape, true);
  }

  /** Uniform F32 in [0.5, 1.5): for what must not come near zero. */
  Tensor positive(Shape shape) {
    return uniformOrNormal(shape, false);
  }

  private Tensor uniformOrNormal(Shape shape, boolean normal) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (normal ? random.nextGaussian() : 0.5 + random.nextDouble());
    }
    return tensor(shape, values);
  }
}
