// Numbers as the stand-ins for cuBLAS and cuDNN read, round and add them: operands become arrays of float, sums are float.
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

#include "sim.h"

// The hot loops are compiled for several processors, and the one that runs picks its own.
#define HOT __attribute__((target_clones("avx512f", "avx2", "default")))
#define INLINE __attribute__((always_inline))
#pragma GCC optimize("O3")

/** How an operand is stored; `tf32` rounds what is read to ten bits of fraction, as tensor cores do with F32. */
struct Storage {
  bool bf16 = false;
  bool tf32 = false;
  size_t bytes() const { return bf16 ? 2 : 4; }
};

inline float roundToTf32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  if ((bits & 0x7F800000u) != 0x7F800000u) {
    bits = (bits + 0xFFFu + (bits >> 13 & 1u)) & ~0x1FFFu;
  }
  memcpy(&value, &bits, 4);
  return value;
}

inline float readNumber(const void *from, size_t i, Storage storage) {
  if (storage.bf16) {
    return sim::bf16ToFloat(static_cast<const uint16_t *>(from)[i]);
  }
  float value = static_cast<const float *>(from)[i];
  return storage.tf32 ? roundToTf32(value) : value;
}

inline std::vector<float> readNumbers(const void *from, size_t count, Storage storage) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; i++) {
    values[i] = readNumber(from, i, storage);
  }
  return values;
}

/** to = alpha value + beta to; with beta 0 what lies there is not read. */
inline void writeNumber(void *to, size_t i, float value, float alpha, float beta, Storage storage) {
  Storage plain{storage.bf16, false};
  float result = alpha * value + (beta == 0 ? 0 : beta * readNumber(to, i, plain));
  if (storage.bf16) {
    static_cast<uint16_t *>(to)[i] = sim::floatToBf16(result);
  } else {
    static_cast<float *>(to)[i] = result;
  }
}

INLINE inline void addScaled(float *__restrict__ sum, float scale, const float *__restrict__ row, int count) {
  for (int i = 0; i < count; i++) {
    sum[i] += scale * row[i];
  }
}

/** In sixteen interleaved sums, so that it runs in vectors. */
INLINE inline float dotProduct(const float *__restrict__ a, const float *__restrict__ b, int count) {
  float lanes[16] = {};
  int i = 0;
  for (; i + 16 <= count; i += 16) {
    for (int lane = 0; lane < 16; lane++) {
      lanes[lane] += a[i + lane] * b[i + lane];
    }
  }
  float sum = 0;
  for (int lane = 0; lane < 16; lane++) {
    sum += lanes[lane];
  }
  for (; i < count; i++) {
    sum += a[i] * b[i];
  }
  return sum;
}
