// Statistics of the columns of a matrix [rows, channels], in a fixed order.
//
// A block's threads form a rectangle: `columns` of them lie side by side, each on V neighbouring
// channels, and the others go down the rows. blockIdx.x says which channels a block has;
// blockIdx.y, with its neighbours, takes turns at the rows. Where gridDim.y is 1 a block has its
// channels for itself.
#pragma once
#include "common.cuh"

#define THREADS 512 // at most

/** A matrix, and how it is shared. */
struct Matrix {
  long long rows;
  int channels;
  int columns; // a power of two
  int vector;  // V: 1, or the elements in 16 bytes
};

/** What a thread takes. */
struct Place {
  int column;
  int depth; // its row of the rectangle
  int down;  // rows of the rectangle
  int channel;
  bool inside; // whether the channel exists
  __device__ long long firstRow() const { return static_cast<long long>(blockIdx.y) * down + depth; }
  __device__ long long rowStep() const { return static_cast<long long>(gridDim.y) * down; }
};

template <int V>
__device__ Place placeOf(const Matrix &matrix) {
  int column = static_cast<int>(threadIdx.x) % matrix.columns;
  int channel = (static_cast<int>(blockIdx.x) * matrix.columns + column) * V;
  int depth = static_cast<int>(threadIdx.x) / matrix.columns;
  return {column, depth, static_cast<int>(blockDim.x) / matrix.columns, channel, channel < matrix.channels};
}

/** Two statistics of `count` rows, for each of V channels. */
template <int V>
struct Pair {
  float count;
  float first[V];
  float second[V];
};

/** The mean and the sum of squared distances from it, merged by Chan, Golub and LeVeque 1979. */
struct Moments {
  __device__ static void merge(
      float count, float &mean, float &squares, float others, float otherMean, float otherSquares) {
    if (others > 0.0f) {
      float distance = otherMean - mean;
      float share = others / (count + others);
      mean += distance * share;
      squares += otherSquares + distance * distance * share * count;
    }
  }
};

struct Sums {
  __device__ static void merge(
      float, float &first, float &second, float, float otherFirst, float otherSecond) {
    first += otherFirst;
    second += otherSecond;
  }
};

/** What the threads of a block tell each other. */
template <int V>
struct Board {
  float counts[THREADS];
  float first[V][THREADS];
  float second[V][THREADS];

  __device__ void write(const Pair<V> &pair) {
    counts[threadIdx.x] = pair.count;
    for (int v = 0; v < V; v++) {
      first[v][threadIdx.x] = pair.first[v];
      second[v][threadIdx.x] = pair.second[v];
    }
  }

  __device__ Pair<V> read(int thread) const {
    Pair<V> pair;
    pair.count = counts[thread];
    for (int v = 0; v < V; v++) {
      pair.first[v] = first[v][thread];
      pair.second[v] = second[v][thread];
    }
    return pair;
  }
};

template <typename Statistics, int V>
__device__ void merge(Pair<V> &pair, const Pair<V> &other) {
  for (int v = 0; v < V; v++) {
    Statistics::merge(pair.count, pair.first[v], pair.second[v],
                      other.count, other.first[v], other.second[v]);
  }
  pair.count += other.count;
}

/** Merges the statistics of each column's threads, for all of them; always in the same tree. */
template <typename Statistics, int V>
__device__ void mergeDown(const Place &at, int columns, Pair<V> &mine) {
  __shared__ Board<V> board;
  board.write(mine);
  for (int step = at.down / 2; step > 0; step /= 2) {
    __syncthreads();
    if (at.depth < step) {
      merge<Statistics>(mine, board.read(static_cast<int>(threadIdx.x) + step * columns));
      board.write(mine);
    }
  }
  __syncthreads();
  mine = board.read(at.column);
}

/** Whether this block comes last of those with its channels, and so sees what all have written. */
__device__ bool comesLast(int *arrivals) {
  __shared__ bool last;
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0) {
    last = atomicAdd(&arrivals[blockIdx.x], 1) == static_cast<int>(gridDim.y) - 1;
    if (last) {
      arrivals[blockIdx.x] = 0; // for the next launch
    }
    __threadfence();
  }
  __syncthreads();
  return last;
}

/** How many rows block y of these has. */
__device__ float rowsOfBlock(const Matrix &matrix, int down, int y) {
  long long round = static_cast<long long>(gridDim.y) * down;
  long long rest = matrix.rows % round - static_cast<long long>(y) * down;
  long long ofRest = rest < 0 ? 0 : min(rest, static_cast<long long>(down));
  return static_cast<float>(matrix.rows / round * down + ofRest);
}

/**
 * Merges the statistics of all threads, through partials: [2, gridDim.y, channels] if there are
 * several blocks to a channel. Returns whether this block has the result.
 */
template <typename Statistics, int V>
__device__ bool mergeAll(
    const Matrix &matrix, const Place &at, float *partials, int *arrivals, Pair<V> &mine) {
  mergeDown<Statistics>(at, matrix.columns, mine);
  if (gridDim.y == 1) {
    return true;
  }
  long long second = static_cast<long long>(gridDim.y) * matrix.channels;
  if (at.inside && at.depth == 0) {
    for (int v = 0; v < V; v++) {
      long long i = static_cast<long long>(blockIdx.y) * matrix.channels + at.channel + v;
      partials[i] = mine.first[v];
      partials[second + i] = mine.second[v];
    }
  }
  if (!comesLast(arrivals)) {
    return false;
  }
  // Volatile, since others wrote it meanwhile: not from this multiprocessor's cache.
  const volatile float *all = partials;
  mine = {};
  for (int y = at.depth; at.inside && y < static_cast<int>(gridDim.y); y += at.down) {
    Pair<V> other;
    other.count = rowsOfBlock(matrix, at.down, y);
    for (int v = 0; v < V; v++) {
      long long i = static_cast<long long>(y) * matrix.channels + at.channel + v;
      other.first[v] = all[i];
      other.second[v] = all[second + i];
    }
    merge<Statistics>(mine, other);
  }
  mergeDown<Statistics>(at, matrix.columns, mine);
  return true;
}
