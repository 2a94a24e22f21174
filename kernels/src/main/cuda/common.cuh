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
