// Functions of single elements.
#include "common.cuh"

template <typename T>
__device__ void fill(float value, long long length, T *y) {
  for (long long i = gridStart(); i < length; i += gridStep()) {
    store(y, i, value);
  }
}

extern "C" __global__ void fill_f32(float value, long long length, float *y) {
  fill(value, length, y);
}

extern "C" __global__ void fill_bf16(float value, long long length, bf16 *y) {
  fill(value, length, y);
}
