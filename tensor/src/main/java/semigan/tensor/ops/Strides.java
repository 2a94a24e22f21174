package semigan.tensor.ops;

import java.util.Arrays;
import java.util.List;
import semigan.tensor.Shape;

/** Dense row-major strides as geometry records take them. */
final class Strides {
  private Strides() {}

  static List<Long> of(Shape shape) {
    return Arrays.stream(shape.strides()).boxed().toList();
  }
}
