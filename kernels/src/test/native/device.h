// CUDA C++ for g++: what a .cu file finds here is what the simulator can run. A kernel file is compiled with this before it
// and is put into an unnamed namespace, so that shared arrays in templates are its own.
#pragma once
#include "block.h"

#define __global__
#define __device__
#define __host__
#define __constant__ static const
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __restrict__ __restrict
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
#define __shared__ static  // whatever is static within a function is taken for shared

typedef decltype(sizeof(0)) size_t;

static const SimRuntime *simRuntime;
static uint3 threadIdx, blockIdx;
static dim3 blockDim, gridDim;
static const int warpSize = 32;

#ifdef SIM_CHECK
#include "check.h"
#define SIM_ATOMIC_FUNCTION __attribute__((no_sanitize("thread"), noinline))
#define SIM_ATOMIC_ACCESS(address) simRuntime->access(address, sizeof *(address), SIM_ATOMIC)
#else
#define SIM_ATOMIC_FUNCTION inline
#define SIM_ATOMIC_ACCESS(address)
#endif

#define SIM_HERE const char *file = __builtin_FILE(), int line = __builtin_LINE()

/** Other threads may write anything before this one goes on. */
#define SIM_OTHERS_RUN asm volatile("" ::: "memory")

inline void __syncthreads(SIM_HERE) {
  SIM_OTHERS_RUN;
  simRuntime->barrier(file, line);
  SIM_OTHERS_RUN;
}

inline void __threadfence() {}
inline void __threadfence_block() {}

// Warps: values travel as 64 bits.

inline void __syncwarp(unsigned mask = 0xFFFFFFFFu, SIM_HERE) {
  SIM_OTHERS_RUN;
  simRuntime->exchange(mask, SIM_SYNC_WARP, 0, 0, file, line);
  SIM_OTHERS_RUN;
}

inline unsigned __ballot_sync(unsigned mask, int predicate, SIM_HERE) {
  return static_cast<unsigned>(simRuntime->exchange(mask, SIM_BALLOT, predicate != 0, 0, file, line));
}

inline int __any_sync(unsigned mask, int predicate, SIM_HERE) { return __ballot_sync(mask, predicate, file, line) != 0; }

inline int __all_sync(unsigned mask, int predicate, SIM_HERE) {
  return __ballot_sync(mask, !predicate, file, line) == 0;
}

inline int simLane() {
  return static_cast<int>((threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) & 31u);
}

template <typename T>
inline T simShuffle(unsigned mask, T value, int source, const char *file, int line) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 4 or 8 bytes");
  unsigned long long bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  bits = simRuntime->exchange(mask, SIM_SHUFFLE, bits, source, file, line);
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}

template <typename T>
inline T __shfl_sync(unsigned mask, T value, int lane, int width = 32, SIM_HERE) {
  int segment = simLane() & -width;
  return simShuffle(mask, value, segment + (lane & (width - 1)), file, line);
}

template <typename T>
inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, SIM_HERE) {
  int lane = simLane(), within = lane & (width - 1);
  bool inside = within + static_cast<int>(delta) < width;
  return simShuffle(mask, value, inside ? lane + static_cast<int>(delta) : lane, file, line);
}

template <typename T>
inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, SIM_HERE) {
  int lane = simLane(), within = lane & (width - 1);
  return simShuffle(mask, value, within >= static_cast<int>(delta) ? lane - static_cast<int>(delta) : lane, file, line);
}

template <typename T>
inline T __shfl_xor_sync(unsigned mask, T value, int laneMask, int width = 32, SIM_HERE) {
  int lane = simLane(), other = lane ^ laneMask;
  return simShuffle(mask, value, (other & -width) <= (lane & -width) ? other : lane, file, line);
}

// Atomics on integers: threads take turns, so a plain read and write is one.

#define SIM_ATOMIC1(name, T, result)                            \
  SIM_ATOMIC_FUNCTION static T name(T *address, T value) {      \
    SIM_ATOMIC_ACCESS(address);                                 \
    T old = *address;                                           \
    *address = result;                                          \
    return old;                                                 \
  }
#define SIM_ATOMICS(T)                                                   \
  SIM_ATOMIC1(atomicAdd, T, static_cast<T>(old + value))                 \
  SIM_ATOMIC1(atomicMax, T, old < value ? value : old)                   \
  SIM_ATOMIC1(atomicMin, T, value < old ? value : old)                   \
  SIM_ATOMIC1(atomicExch, T, value)                                      \
  SIM_ATOMIC_FUNCTION static T atomicCAS(T *address, T expected, T value) { \
    SIM_ATOMIC_ACCESS(address);                                          \
    T old = *address;                                                    \
    *address = old == expected ? value : old;                            \
    return old;                                                          \
  }
SIM_ATOMICS(int)
SIM_ATOMICS(unsigned)
SIM_ATOMICS(unsigned long long)
#undef SIM_ATOMICS
#undef SIM_ATOMIC1

// Vectors

#define SIM_VECTOR2(name, T, alignment)                \
  struct alignas(alignment) name {                     \
    T x, y;                                            \
  };                                                   \
  inline name make_##name(T x, T y) { return {x, y}; }
#define SIM_VECTOR4(name, T, alignment)                                    \
  struct alignas(alignment) name {                                         \
    T x, y, z, w;                                                          \
  };                                                                       \
  inline name make_##name(T x, T y, T z, T w) { return {x, y, z, w}; }
SIM_VECTOR2(float2, float, 8)
SIM_VECTOR2(int2, int, 8)
SIM_VECTOR2(uint2, unsigned, 8)
SIM_VECTOR2(longlong2, long long, 16)
SIM_VECTOR2(ulonglong2, unsigned long long, 16)
SIM_VECTOR2(ushort2, unsigned short, 4)
SIM_VECTOR4(float4, float, 16)
SIM_VECTOR4(int4, int, 16)
SIM_VECTOR4(uint4, unsigned, 16)
SIM_VECTOR4(ushort4, unsigned short, 8)
#undef SIM_VECTOR2
#undef SIM_VECTOR4

template <typename T>
inline T __ldg(const T *address) {
  return *address;
}

#include "device_math.h"
