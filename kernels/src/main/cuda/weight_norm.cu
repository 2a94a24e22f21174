// Weight normalisation of the rows of v: [rows, columns], w = scale v / |v|. A block has a row at a
// time.
#include "common.cuh"

#define THREADS 128

/** a' b of the block's row, in every thread. */
__device__ __forceinline__ float dotOfRow(int columns, const float *a, const float *b) {
  float sum = 0.0f;
  for (int i = static_cast<int>(threadIdx.x); i < columns; i += THREADS) {
    sum += a[i] * b[i];
  }
  return blockSum(sum);
}

extern "C" __global__ void __launch_bounds__(THREADS) weight_norm_forward(
    int rows, int columns, const float *v, const float *scale, float *w) {
  for (int row = static_cast<int>(blockIdx.x); row < rows; row += static_cast<int>(gridDim.x)) {
    long long first = static_cast<long long>(row) * columns;
    float factor = scale[row] / sqrtf(dotOfRow(columns, v + first, v + first));
    for (int i = static_cast<int>(threadIdx.x); i < columns; i += THREADS) {
      w[first + i] = factor * v[first + i];
    }
  }
}

/** dv may be dw: a thread reads what it overwrites. */
extern "C" __global__ void __launch_bounds__(THREADS) weight_norm_backward(
    int rows, int columns, const float *v, const float *scale, const float *dw, float *dv,
    float *dscale) {
  for (int row = static_cast<int>(blockIdx.x); row < rows; row += static_cast<int>(gridDim.x)) {
    long long first = static_cast<long long>(row) * columns;
    float squares = dotOfRow(columns, v + first, v + first);
    float along = dotOfRow(columns, dw + first, v + first);
    float length = sqrtf(squares);
    float factor = scale[row] / length;
    float share = along / squares;
    for (int i = static_cast<int>(threadIdx.x); i < columns; i += THREADS) {
      dv[first + i] = factor * (dw[first + i] - share * v[first + i]);
    }
    if (threadIdx.x == 0) {
      dscale[row] = along / length;
    }
  }
}
