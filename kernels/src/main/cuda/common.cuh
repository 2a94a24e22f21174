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

// ---- Packs: neighbouring elements in one access ----

/** N neighbours, moved by as few accesses as there are 16 bytes in them. */
template <typename T, int N>
struct alignas(N * sizeof(T) < 16 ? N * sizeof(T) : 16) Pack {
  T at[N];
};

/** A number of lanes as a type, so that it can be an argument. */
template <int N>
struct Lanes {
  static constexpr int COUNT = N;
};

template <int N, typename T>
__device__ __forceinline__ Pack<T, N> loadPack(const T *x, long long i) {
  return *reinterpret_cast<const Pack<T, N> *>(x + i);
}

template <int N, typename T>
__device__ __forceinline__ void storePack(T *y, long long i, const Pack<T, N> &pack) {
  *reinterpret_cast<Pack<T, N> *>(y + i) = pack;
}

/** N neighbours along an axis of stride 1, or one element repeated along an axis of stride 0. */
template <int N, typename T>
__device__ __forceinline__ Pack<T, N> loadAlong(const T *x, long long i, long long stride) {
  if (stride == 1) {
    return loadPack<N>(x, i);
  }
  Pack<T, N> pack;
  for (int lane = 0; lane < N; lane++) {
    pack.at[lane] = x[i];
  }
  return pack;
}

/** Whether each address suits an access of 16 bytes. */
template <typename... T>
__device__ __forceinline__ bool aligned(const T *...addresses) {
  return (reinterpret_cast<unsigned long long>(addresses) | ...) % 16 == 0;
}

/**
 * Calls body(Lanes<n>, i) for the elements i to i + n - 1, over the grid: with packs of N as far as
 * they go if `packed`, and one by one for the rest.
 */
template <int N, typename Body>
__device__ __forceinline__ void forEach(long long length, bool packed, Body body) {
  long long whole = packed ? length / N * N : 0;
  for (long long i = gridStart() * N; i < whole; i += gridStep() * N) {
    body(Lanes<N>(), i);
  }
  for (long long i = whole + gridStart(); i < length; i += gridStep()) {
    body(Lanes<1>(), i);
  }
}

/** How many elements are 16 bytes. */
template <typename T>
constexpr int PACK = static_cast<int>(16 / sizeof(T));

// ---- Packs as floats ----

template <typename T, int N>
__device__ __forceinline__ void loadFloats(const T *x, long long i, float (&values)[N]) {
  Pack<T, N> pack = loadPack<N>(x, i);
  for (int k = 0; k < N; k++) {
    values[k] = load(pack.at, k);
  }
}

template <typename T, int N>
__device__ __forceinline__ void storeFloats(T *y, long long i, const float (&values)[N]) {
  Pack<T, N> pack;
  for (int k = 0; k < N; k++) {
    store(pack.at, k, values[k]);
  }
  storePack(y, i, pack);
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
    loadFloats(x, at, values);
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
    storeFloats(y, at, values);
    return;
  }
  for (int k = 0; k < 4; k++) {
    if (at + k >= 0 && at + k < length) {
      store(y, at + k, values[k]);
    }
  }
}
