// Moving elements: between layouts, between types, and by label.
#include "positions.cuh"

#define TILE 32

/** Box: left is the source, right the target. */
template <typename T>
__device__ void copy(const Box &box, const T *__restrict__ source, T *__restrict__ target) {
  forEach<PACK<T>>(box.length, box.packed, [=, &box](auto lanes, long long i) {
    constexpr int N = decltype(lanes)::COUNT;
    Position at = box.at(i);
    storePack(target, at.right, loadAlong<N>(source, at.left, box.axes[0].left));
  });
}

/**
 * For each position of the box a matrix, whose columns are neighbours in the source and whose rows
 * are neighbours in the target. It goes through shared memory in tiles, so that both sides are
 * accessed in runs.
 */
template <typename T>
__device__ void transpose(
    const Box &matrices, int rows, int columns, long long sourceStride, long long targetStride,
    const T *__restrict__ source, T *__restrict__ target) {
  __shared__ T tile[TILE][TILE + 1]; // one more, so that a column lies in different banks
  int down = (rows - 1) / TILE + 1;
  int across = (columns - 1) / TILE + 1;
  int x = static_cast<int>(threadIdx.x % TILE);
  int y = static_cast<int>(threadIdx.x / TILE);
  int step = static_cast<int>(blockDim.x / TILE);
  long long tiles = matrices.length * down * across;
  for (long long i = blockIdx.x; i < tiles; i += gridDim.x) {
    long long rest = i;
    int column = innermost(rest, across) * TILE;
    int row = innermost(rest, down) * TILE;
    Position at = matrices.at(rest);
    __syncthreads(); // the tile before has been written out
    for (int r = y; r < TILE && row + r < rows; r += step) {
      if (column + x < columns) {
        tile[r][x] = source[at.left + (row + r) * sourceStride + column + x];
      }
    }
    __syncthreads();
    for (int c = y; c < TILE && column + c < columns; c += step) {
      if (row + x < rows) {
        target[at.right + (column + c) * targetStride + row + x] = tile[x][c];
      }
    }
  }
}

/** Eight elements at a time: 16 bytes on the narrower side. */
template <typename From, typename To>
__device__ void convert(long long length, const From *__restrict__ source, To *__restrict__ target) {
  forEach<8>(length, aligned(source, target), [=](auto lanes, long long i) {
    constexpr int N = decltype(lanes)::COUNT;
    Pack<From, N> in = loadPack<N>(source, i);
    Pack<To, N> out;
    for (int lane = 0; lane < N; lane++) {
      store(out.at, lane, load(in.at, lane));
    }
    storePack(target, i, out);
  });
}

template <typename T>
__device__ void gather(
    long long rows, int columns, const T *__restrict__ x, const int *__restrict__ labels,
    T *__restrict__ y) {
  for (long long row = gridStart(); row < rows; row += gridStep()) {
    y[row] = x[row * columns + labels[row]];
  }
}

template <typename T>
__device__ void gatherBackward(
    long long rows, int columns, const T *__restrict__ dy, const int *__restrict__ labels,
    T *__restrict__ dx) {
  for (long long i = gridStart(); i < rows * columns; i += gridStep()) {
    long long row = i;
    int column = innermost(row, columns);
    dx[i] = column == labels[row] ? dy[row] : T{};
  }
}

extern "C" __global__ void __launch_bounds__(256, 6) copy_f32(
    Box box, const float *source, float *target) {
  copy(box, source, target);
}

extern "C" __global__ void __launch_bounds__(256, 6) copy_bf16(
    Box box, const bf16 *source, bf16 *target) {
  copy(box, source, target);
}

extern "C" __global__ void __launch_bounds__(256, 6) copy_i32(
    Box box, const int *source, int *target) {
  copy(box, source, target);
}

extern "C" __global__ void __launch_bounds__(256, 6) transpose_f32(
    Box matrices, int rows, int columns, long long sourceStride, long long targetStride,
    const float *source, float *target) {
  transpose(matrices, rows, columns, sourceStride, targetStride, source, target);
}

extern "C" __global__ void __launch_bounds__(256, 6) transpose_bf16(
    Box matrices, int rows, int columns, long long sourceStride, long long targetStride,
    const bf16 *source, bf16 *target) {
  transpose(matrices, rows, columns, sourceStride, targetStride, source, target);
}

extern "C" __global__ void __launch_bounds__(256, 6) transpose_i32(
    Box matrices, int rows, int columns, long long sourceStride, long long targetStride,
    const int *source, int *target) {
  transpose(matrices, rows, columns, sourceStride, targetStride, source, target);
}

extern "C" __global__ void __launch_bounds__(256, 6) narrow(
    long long length, const float *source, bf16 *target) {
  convert(length, source, target);
}

extern "C" __global__ void __launch_bounds__(256, 6) widen(
    long long length, const bf16 *source, float *target) {
  convert(length, source, target);
}

extern "C" __global__ void __launch_bounds__(256, 6) gather_f32(
    long long rows, int columns, const float *x, const int *labels, float *y) {
  gather(rows, columns, x, labels, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) gather_bf16(
    long long rows, int columns, const bf16 *x, const int *labels, bf16 *y) {
  gather(rows, columns, x, labels, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) gather_backward_f32(
    long long rows, int columns, const float *dy, const int *labels, float *dx) {
  gatherBackward(rows, columns, dy, labels, dx);
}

extern "C" __global__ void __launch_bounds__(256, 6) gather_backward_bf16(
    long long rows, int columns, const bf16 *dy, const int *labels, bf16 *dx) {
  gatherBackward(rows, columns, dy, labels, dx);
}
