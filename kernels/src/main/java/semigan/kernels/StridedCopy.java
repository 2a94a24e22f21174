package semigan.kernels;

import java.util.List;

/**
 * A copy of a box of elements between two layouts: for every index {@code i} inside {@code sizes},
 * {@code target[targetOffset + i . targetStrides] = source[sourceOffset + i . sourceStrides]}.
 * Transposing, slicing, concatenating and expanding (a source stride of 0) are all this. Target
 * positions must not repeat.
 *
 * @param sizes extent along each axis
 * @param sourceOffset where the box begins in the source, in elements
 * @param sourceStrides elements between neighbours in the source
 * @param targetOffset where the box begins in the target, in elements
 * @param targetStrides elements between neighbours in the target
 */
public record StridedCopy(
    List<Integer> sizes,
    long sourceOffset,
    List<Long> sourceStrides,
    long targetOffset,
    List<Long> targetStrides) {
  public StridedCopy {
    sizes = List.copyOf(sizes);
    sourceStrides = List.copyOf(sourceStrides);
    targetStrides = List.copyOf(targetStrides);
    if (sizes.size() != sourceStrides.size() || sizes.size() != targetStrides.size()) {
      throw new IllegalArgumentException(
          "copy: sizes %s, source strides %s and target strides %s must have one entry for each axis"
              .formatted(sizes, sourceStrides, targetStrides));
    }
    sizes.forEach(size -> Sizes.positive("copy", "extent", size));
  }
}
