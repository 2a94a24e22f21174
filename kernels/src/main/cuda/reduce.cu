// Reductions. Every sum has one order, which depends on the sizes alone, not on the GPU.
#include "positions.cuh"

#define THREADS 256

/** [outer, reduced, inner] -> [outer, splits, inner]: split s takes `chunk` rows from s * chunk. */
struct Slabs {
  long long outer;
  long long reduced;
  long long inner;
  long long chunk;
  int splits;
  int lanes;  // threads that share one output: a power of two, up to THREADS
  int packed; // whether x suits packs: along the rows if inner is 1, along the columns if not
};

/** Combines over `lanes` neighbouring threads, for each of them; all threads take part. */
template <typename Op>
__device__ float combineNeighbours(float value, int lanes) {
  __shared__ float ofWarp[THREADS / WARP];
  int inWarp = lanes < WARP ? lanes : WARP;
  for (int distance = inWarp / 2; distance > 0; distance /= 2) {
    value = Op::combine(value, __shfl_xor_sync(FULL_WARP, value, distance));
  }
  if (lanes > WARP) {
    __syncthreads(); // a previous call's values have been read
    if (threadIdx.x % WARP == 0) {
      ofWarp[threadIdx.x / WARP] = value;
    }
    __syncthreads();
    int first = static_cast<int>(threadIdx.x) / lanes * (lanes / WARP);
    value = ofWarp[first];
    for (int warp = 1; warp < lanes / WARP; warp++) {
      value = Op::combine(value, ofWarp[first + warp]);
    }
  }
  return value;
}

/** The part of [first, end) that falls to one of `lanes` threads, N neighbours at a time. */
template <typename Op, int N, typename T>
__device__ __forceinline__ float alongRow(
    const T *__restrict__ x, long long first, long long end, int lane, int lanes) {
  float parts[N];
  for (int j = 0; j < N; j++) {
    parts[j] = Op::neutral();
  }
#pragma unroll 4
  for (long long i = first + lane * N; i < end; i += lanes * N) {
    Pack<T, N> pack = loadPack<N>(x, i);
    for (int j = 0; j < N; j++) {
      parts[j] = Op::combine(parts[j], load(pack.at, j));
    }
  }
  for (int distance = N / 2; distance > 0; distance /= 2) {
    for (int j = 0; j < distance; j++) {
      parts[j] = Op::combine(parts[j], parts[j + distance]);
    }
  }
  return parts[0];
}

/** inner is 1: neighbouring threads read neighbours of a row. */
template <typename Op, int N, typename T, typename U>
__device__ void rows(const Slabs &s, const T *x, U *y) {
  int lane = static_cast<int>(threadIdx.x) % s.lanes;
  int together = THREADS / s.lanes;
  long long outputs = s.outer * s.splits;
  for (long long block = blockIdx.x; block * together < outputs; block += gridDim.x) {
    long long output = block * together + threadIdx.x / s.lanes;
    float value = Op::neutral();
    if (output < outputs) {
      long long row = output;
      long long first = innermost(row, s.splits) * s.chunk;
      long long end = first + s.chunk < s.reduced ? first + s.chunk : s.reduced;
      value = alongRow<Op, N>(x + row * s.reduced, first, end, lane, s.lanes);
    }
    value = combineNeighbours<Op>(value, s.lanes);
    if (lane == 0 && output < outputs) {
      store(y, output, value);
    }
  }
}

/** Each thread goes down N columns, every lanes-th row. */
template <typename Op, int N, typename T>
__device__ __forceinline__ void downColumns(
    const T *__restrict__ x, long long inner, long long rows, int lane, int lanes,
    float (&parts)[N]) {
#pragma unroll 4
  for (long long row = lane; row < rows; row += lanes) {
    Pack<T, N> pack = loadPack<N>(x, row * inner);
    for (int j = 0; j < N; j++) {
      parts[j] = Op::combine(parts[j], load(pack.at, j));
    }
  }
}

/** inner is more than 1: neighbouring threads read neighbouring columns. */
template <typename Op, int N, typename T, typename U>
__device__ void columns(const Slabs &s, const T *x, U *y) {
  __shared__ float values[N][THREADS];
  int width = THREADS / s.lanes;
  int lane = static_cast<int>(threadIdx.x) / width;
  int across = static_cast<int>((s.inner / N - 1) / width + 1);
  long long tiles = s.outer * s.splits * across;
  for (long long tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    long long slab = tile;
    long long unit = static_cast<long long>(innermost(slab, across)) * width + threadIdx.x % width;
    long long output = slab * s.inner + unit * N;
    long long first = innermost(slab, s.splits) * s.chunk;
    long long count = s.reduced - first < s.chunk ? s.reduced - first : s.chunk;
    bool inside = unit * N < s.inner;
    float parts[N];
    for (int j = 0; j < N; j++) {
      parts[j] = Op::neutral();
    }
    if (inside) {
      const T *start = x + (slab * s.reduced + first) * s.inner + unit * N;
      downColumns<Op, N>(start, s.inner, count, lane, s.lanes, parts);
    }
    for (int j = 0; j < N; j++) {
      values[j][threadIdx.x] = parts[j];
    }
    for (int half = s.lanes / 2; half > 0; half /= 2) {
      __syncthreads();
      if (lane < half) {
        for (int j = 0; j < N; j++) {
          float other = values[j][threadIdx.x + half * width];
          values[j][threadIdx.x] = Op::combine(values[j][threadIdx.x], other);
        }
      }
    }
    if (lane == 0 && inside) {
      for (int j = 0; j < N; j++) {
        store(y, output + j, values[j][threadIdx.x]);
      }
    }
    __syncthreads(); // before the next tile's values come
  }
}

template <typename Op, int N, typename T, typename U>
__device__ __forceinline__ void slabs(const Slabs &s, const T *x, U *y) {
  if (s.inner == 1) {
    rows<Op, N>(s, x, y);
  } else {
    columns<Op, N>(s, x, y);
  }
}

template <typename Op, typename T, typename U>
__device__ __forceinline__ void reduce(const Slabs &s, const T *x, U *y) {
  if (s.packed) {
    slabs<Op, PACK<T>>(s, x, y);
  } else {
    slabs<Op, 1>(s, x, y);
  }
}

/** dx = 1 where x is the maximum y, 0 elsewhere. Box: left is x, right is y. */
template <typename T>
__device__ void markTies(const Box &box, const T *x, const T *y, T *dx) {
  for (long long i = gridStart(); i < box.length; i += gridStep()) {
    store(dx, i, load(x, i) == load(y, box.at(i).right) ? 1.0f : 0.0f);
  }
}

/** dx = dy / ties where x is the maximum y, 0 elsewhere. */
template <typename T>
__device__ void shareTies(
    const Box &box, const T *x, const T *y, const T *dy, const float *ties, T *dx) {
  for (long long i = gridStart(); i < box.length; i += gridStep()) {
    long long output = box.at(i).right;
    bool wins = load(x, i) == load(y, output);
    store(dx, i, wins ? load(dy, output) / ties[output] : 0.0f);
  }
}

extern "C" __global__ void __launch_bounds__(THREADS) sum_f32_f32(
    Slabs slabs, const float *x, float *y) {
  reduce<Sum>(slabs, x, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) sum_f32_bf16(
    Slabs slabs, const float *x, bf16 *y) {
  reduce<Sum>(slabs, x, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) sum_bf16_f32(
    Slabs slabs, const bf16 *x, float *y) {
  reduce<Sum>(slabs, x, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) sum_bf16_bf16(
    Slabs slabs, const bf16 *x, bf16 *y) {
  reduce<Sum>(slabs, x, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) max_f32_f32(
    Slabs slabs, const float *x, float *y) {
  reduce<Max>(slabs, x, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) max_f32_bf16(
    Slabs slabs, const float *x, bf16 *y) {
  reduce<Max>(slabs, x, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) max_bf16_f32(
    Slabs slabs, const bf16 *x, float *y) {
  reduce<Max>(slabs, x, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) max_bf16_bf16(
    Slabs slabs, const bf16 *x, bf16 *y) {
  reduce<Max>(slabs, x, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) mark_ties_f32(
    Box box, const float *x, const float *y, float *dx) {
  markTies(box, x, y, dx);
}

extern "C" __global__ void __launch_bounds__(256, 6) mark_ties_bf16(
    Box box, const bf16 *x, const bf16 *y, bf16 *dx) {
  markTies(box, x, y, dx);
}

extern "C" __global__ void __launch_bounds__(256, 6) share_ties_f32(
    Box box, const float *x, const float *y, const float *dy, const float *ties, float *dx) {
  shareTies(box, x, y, dy, ties, dx);
}

extern "C" __global__ void __launch_bounds__(256, 6) share_ties_bf16(
    Box box, const bf16 *x, const bf16 *y, const bf16 *dy, const float *ties, bf16 *dx) {
  shareTies(box, x, y, dy, ties, dx);
}
