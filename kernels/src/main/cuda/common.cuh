// What every kernel file shares: BF16 storage, grid-stride loops, and block- and warp-wide sums.
// Compiled at run time, so it includes nothing.
#pragma once

/** The upper half of a float's bits. Arithmetic is done in float. */
struct bf16 {
  unsigned short bits;
};

__device__ __forceinline__ float load(const float *x, long long i) { return x[i]; }

__device__ __forceinline__ float load(const bf16 *x, long long i) {
  return __uint_as_float(static_cast<unsigned>(x[i].bits) << 16);
}

__device__ __forceinline__ void store(float *y, long long i, float value) { y[i] = value; }

/** Rounds to the nearest, ties to even; a NaN stays one. */
__device__ __forceinline__ void store(bf16 *y, long long i, float value) {
  unsigned bits = __float_as_uint(value);
  bool isNan = (bits & 0x7FFFFFFFu) > 0x7F800000u;
  unsigned rounded = isNan ? bits | 0x400000u : bits + 0x7FFFu + (bits >> 16 & 1u);
  y[i].bits = static_cast<unsigned short>(rounded >> 16);
}

/** Where a thread begins in a grid-stride loop. */
__device__ __forceinline__ long long gridStart() {
  return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}

/** How far it steps. */
__device__ __forceinline__ long long gridStep() {
  return static_cast<long long>(gridDim.x) * blockDim.x;
}

// ---- Sums and maxima over a warp and a block, always in the same order ----

#define WARP 32
#define FULL_WARP 0xFFFFFFFFu

/** The larger of two; NaN if one is, as a plain max is not. */
__device__ __forceinline__ float maxOrNan(float a, float b) { return a > b || isnan(a) ? a : b; }

/** The sum over a warp, in every lane. All 32 lanes take part. */
__device__ __forceinline__ float warpSum(float value) {
  for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
    value += __shfl_xor_sync(FULL_WARP, value, lanes);
  }
  return value;
}

/** The largest value in a warp, in every lane; NaN if one is. All 32 lanes take part. */
__device__ __forceinline__ float warpMax(float value) {
  for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
    value = maxOrNan(value, __shfl_xor_sync(FULL_WARP, value, lanes));
  }
  return value;
}

struct Sum {
  __device__ static float neutral() { return 0.0f; }
  __device__ static float combine(float a, float b) { return a + b; }
  __device__ static float warp(float value) { return warpSum(value); }
};

struct Max {
  __device__ static float neutral() { return __uint_as_float(0xFF800000u); }
  __device__ static float combine(float a, float b) { return maxOrNan(a, b); }
  __device__ static float warp(float value) { return warpMax(value); }
};

/**
 * Combines one value of every thread, for all threads of a block of whole warps. Every thread takes
 * part.
 */
template <typename Op>
__device__ float blockCombine(float value) {
  __shared__ float ofWarp[WARP];
  int lane = static_cast<int>(threadIdx.x % WARP);
  int warps = static_cast<int>(blockDim.x / WARP);
  value = Op::warp(value);
  __syncthreads(); // a previous call's values have been read
  if (lane == 0) {
    ofWarp[threadIdx.x / WARP] = value;
  }
  __syncthreads();
  return Op::warp(lane < warps ? ofWarp[lane] : Op::neutral());
}

/** The sum over a block, in every thread: see blockCombine. */
__device__ __forceinline__ float blockSum(float value) { return blockCombine<Sum>(value); }

/** The largest value in a block, NaN if one is, in every thread: see blockCombine. */
__device__ __forceinline__ float blockMax(float value) { return blockCombine<Max>(value); }
