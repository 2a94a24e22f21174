package semigan.tensor.ops;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import semigan.tensor.Shape;

/** Reductions by their definition, and shapes and axes to reduce. */
final class Reductions {
  private Reductions() {}

  /** Leading, middle, trailing, scattered, all and no axes; and axes counted from the last. */
  static Stream<Arguments> cases() {
    return Stream.of(
        arguments(Shape.of(4, 3), Set.of(0)),
        arguments(Shape.of(4, 3), Set.of(1)),
        arguments(Shape.of(4, 3), Set.of(-1)),
        arguments(Shape.of(4, 3), Set.of(0, 1)),
        arguments(Shape.of(4, 3), Set.of()),
        arguments(Shape.of(2, 3, 4), Set.of(1)),
        arguments(Shape.of(2, 3, 4), Set.of(0, -1)),
        arguments(Shape.of(2, 3, 2, 5), Set.of(0, 1, 2)),
        arguments(Shape.of(2, 3, 2, 5), Set.of(1, 3)),
        arguments(Shape.of(1, 5, 1), Set.of(0, 2)),
        arguments(Shape.of(), Set.of()));
  }

  /** Joins all elements that differ only along {@code axes}. */
  static HostArray reduced(HostArray x, Set<Integer> axes, DoubleBinaryOperator join) {
    List<Integer> kept = keptAxes(x.shape(), axes);
    Shape output = Shape.of(kept.stream().map(x.shape()::size).toList());
    return HostArray.filled(
        output,
        o -> {
          double result = Double.NaN;
          for (int i = 0; i < x.values().length; i++) {
            int[] index = HostArray.indexOf(x.shape(), i);
            if (Arrays.equals(kept.stream().mapToInt(axis -> index[axis]).toArray(), o)) {
              double value = x.values()[i];
              result = Double.isNaN(result) ? value : join.applyAsDouble(result, value);
            }
          }
          return result;
        });
  }

  private static List<Integer> keptAxes(Shape shape, Set<Integer> axes) {
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (!axes.contains(axis) && !axes.contains(axis - shape.rank())) {
        kept.add(axis);
      }
    }
    return kept;
  }
}
