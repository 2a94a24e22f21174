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

// ---- Consecutive elements in one access, which must be aligned to its size ----

/** Two elements from a word; the first is in its lower half. */
__device__ __forceinline__ void unpack(unsigned pair, float &first, float &second) {
  first = __uint_as_float(pair << 16);
  second = __uint_as_float(pair & 0xFFFF0000u);
}

__device__ __forceinline__ unsigned pack(float first, float second) {
  bf16 pair[2];
  store(pair, 0, first);
  store(pair, 1, second);
  return pair[0].bits | static_cast<unsigned>(pair[1].bits) << 16;
}

template <typename T>
__device__ __forceinline__ void loadVector(const T *x, float (&values)[1]) {
  values[0] = load(x, 0);
}

__device__ __forceinline__ void loadVector(const float *x, float (&values)[4]) {
  float4 four = *reinterpret_cast<const float4 *>(x);
  values[0] = four.x;
  values[1] = four.y;
  values[2] = four.z;
  values[3] = four.w;
}

__device__ __forceinline__ void loadVector(const bf16 *x, float (&values)[4]) {
  uint2 pairs = *reinterpret_cast<const uint2 *>(x);
  unpack(pairs.x, values[0], values[1]);
  unpack(pairs.y, values[2], values[3]);
}

__device__ __forceinline__ void loadVector(const bf16 *x, float (&values)[8]) {
  uint4 pairs = *reinterpret_cast<const uint4 *>(x);
  unpack(pairs.x, values[0], values[1]);
  unpack(pairs.y, values[2], values[3]);
  unpack(pairs.z, values[4], values[5]);
  unpack(pairs.w, values[6], values[7]);
}

template <typename T>
__device__ __forceinline__ void storeVector(T *y, const float (&values)[1]) {
  store(y, 0, values[0]);
}

__device__ __forceinline__ void storeVector(float *y, const float (&values)[4]) {
  *reinterpret_cast<float4 *>(y) = make_float4(values[0], values[1], values[2], values[3]);
}

__device__ __forceinline__ void storeVector(bf16 *y, const float (&values)[4]) {
  *reinterpret_cast<uint2 *>(y) = make_uint2(pack(values[0], values[1]), pack(values[2], values[3]));
}

__device__ __forceinline__ void storeVector(bf16 *y, const float (&values)[8]) {
  *reinterpret_cast<uint4 *>(y) =
      make_uint4(pack(values[0], values[1]), pack(values[2], values[3]),
                 pack(values[4], values[5]), pack(values[6], values[7]));
}

/** Whether four elements can be accessed at once, all of them within [0, length). */
template <typename T>
__device__ __forceinline__ bool isWholeFour(const T *x, long long at, long long length) {
  bool aligned = reinterpret_cast<unsigned long long>(x + at) % (4 * sizeof(T)) == 0;
  return aligned && at >= 0 && at + 4 <= length;
}

/** Elements at, at + 1, at + 2 and at + 3; 0 for those outside [0, length). */
template <typename T>
__device__ __forceinline__ void loadFour(
    const T *x, long long at, long long length, float (&values)[4]) {
  if (isWholeFour(x, at, length)) {
    loadVector(x + at, values);
    return;
  }
  for (int k = 0; k < 4; k++) {
    bool inside = at + k >= 0 && at + k < length;
    values[k] = inside ? load(x, at + k) : 0.0f;
  }
}

/** The counterpart of loadFour; writes nothing outside. */
template <typename T>
__device__ __forceinline__ void storeFour(
    T *y, long long at, long long length, const float (&values)[4]) {
  if (isWholeFour(y, at, length)) {
    storeVector(y + at, values);
    return;
  }
  for (int k = 0; k < 4; k++) {
    if (at + k >= 0 && at + k < length) {
      store(y, at + k, values[k]);
    }
  }
}
