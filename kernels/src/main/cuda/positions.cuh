// Where elements lie: from an index to positions in buffers, and to a place in an image.
#pragma once
#include "common.cuh"

// ---- Boxes: an index becomes a position in each of two buffers ----

#define MOST_AXES 8
#define LARGEST_INT 2147483647LL

/** One axis of a Box; index / size is (umulhi(index, multiplier) + index) >> shift below 2^31. */
struct Axis {
  long long size;
  long long left;  // elements between neighbours in the first buffer
  long long right; // and in the second
  unsigned multiplier;
  unsigned shift;
};

struct Position {
  long long left;
  long long right;
};

/** Row-major axes, the innermost first. */
struct Box {
  long long length;
  int rank;   // at least 1
  int packed; // whether both buffers, and the index, suit packs along the innermost axis
  Axis axes[MOST_AXES];

  __device__ __forceinline__ Position at(long long index) const {
    return length <= LARGEST_INT ? within(static_cast<unsigned>(index)) : beyond(index);
  }

private:
  __device__ __forceinline__ Position within(unsigned index) const {
    Position position = {0, 0};
#pragma unroll
    for (int axis = 0; axis < MOST_AXES; axis++) {
      if (axis == rank - 1) {
        return step(position, axis, index);
      }
      unsigned outer = (__umulhi(index, axes[axis].multiplier) + index) >> axes[axis].shift;
      position = step(position, axis, index - outer * static_cast<unsigned>(axes[axis].size));
      index = outer;
    }
    return position;
  }

  __device__ __forceinline__ Position beyond(long long index) const {
    Position position = {0, 0};
#pragma unroll
    for (int axis = 0; axis < MOST_AXES; axis++) {
      if (axis == rank - 1) {
        return step(position, axis, index);
      }
      position = step(position, axis, index % axes[axis].size);
      index /= axes[axis].size;
    }
    return position;
  }

  __device__ __forceinline__ Position step(Position from, int axis, long long count) const {
    return {from.left + count * axes[axis].left, from.right + count * axes[axis].right};
  }
};

/** Splits the innermost coordinate, of that size, off a row-major index. */
template <typename Index>
__device__ __forceinline__ int innermost(Index &index, int size) {
  Index outer = index / static_cast<Index>(size);
  int coordinate = static_cast<int>(index - outer * static_cast<Index>(size));
  index = outer;
  return coordinate;
}

// ---- NHWC images ----

/** From `first` up to but not including `end`. */
struct Range {
  int first;
  int end;
  __device__ int size() const { return end - first; }
};

/** An element of an image: [n, row, column, channel]. */
struct Element {
  long long n;
  int row;
  int column;
  int channel;
};

template <typename Index>
__device__ __forceinline__ Element element(Index i, int height, int width, int channels) {
  Element e;
  e.channel = innermost(i, channels);
  e.column = innermost(i, width);
  e.row = innermost(i, height);
  e.n = i;
  return e;
}

/** Calls body(i, element) for every element of [batch, height, width, channels]. */
template <typename Body>
__device__ __forceinline__ void forEachElement(
    int batch, int height, int width, int channels, Body body) {
  long long length = static_cast<long long>(batch) * height * width * channels;
  for (long long i = gridStart(); i < length; i += gridStep()) {
    body(i, length <= LARGEST_INT ? element(static_cast<unsigned>(i), height, width, channels)
                                  : element(i, height, width, channels));
  }
}
