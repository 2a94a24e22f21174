// Random numbers by Philox4x32-10, the same bits as semigan.kernels.Philox makes. Every rounding is
// spelled out, so that no multiplication and addition is contracted.
#include "common.cuh"

struct Draws {
  int seedLow;
  int seedHigh;
  int stream;
  long long first;  // the draw that element 0 is
  long long length; // elements to make
};

struct Words {
  unsigned word[4];
};

__device__ Words philox(unsigned c0, unsigned c1, unsigned c2, unsigned c3, unsigned k0, unsigned k1) {
  for (int round = 0; round < 10; round++) {
    unsigned high0 = __umulhi(0xD2511F53u, c0);
    unsigned low0 = 0xD2511F53u * c0;
    unsigned high1 = __umulhi(0xCD9E8D57u, c2);
    unsigned low1 = 0xCD9E8D57u * c2;
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

/** Draws 4 block to 4 block + 3. */
__device__ Words words(const Draws &draws, const int *offset, unsigned long long block) {
  return philox(static_cast<unsigned>(block), draws.stream, offset[0],
                offset[1] ^ static_cast<unsigned>(block >> 32), draws.seedLow, draws.seedHigh);
}

__device__ float multiplyAdd(float a, float b, float c) { return __fadd_rn(__fmul_rn(a, b), c); }

/** A multiple of 2^-24 in [0, 1). */
__device__ float uniform(unsigned word) {
  return __fmul_rn(static_cast<float>(word >> 8), 0x1p-24f);
}

/** ln(steps / 2^24), by the series of 2 artanh((m - 1) / (m + 1)) where steps = m 2^e. */
__device__ float lnOfSteps(int steps) {
  const int sqrtHalf = 0x3F3504F3;
  int shifted = __float_as_int(static_cast<float>(steps)) - sqrtHalf;
  float exponent = static_cast<float>((shifted >> 23) - 24);
  float m = __int_as_float((shifted & 0x7FFFFF) + sqrtHalf);
  float s = __fdiv_rn(__fsub_rn(m, 1.0f), __fadd_rn(m, 1.0f));
  float q = __fmul_rn(s, s);
  float series = multiplyAdd(q, 1.0f / 9.0f, 1.0f / 7.0f);
  series = multiplyAdd(series, q, 1.0f / 5.0f);
  series = multiplyAdd(series, q, 1.0f / 3.0f);
  series = __fmul_rn(series, q);
  float twice = __fadd_rn(s, s);
  return __fadd_rn(__fmul_rn(exponent, 0.6931472f), multiplyAdd(twice, series, twice));
}

/** Taylor's series on [0, pi/2). */
__device__ float sine(float x) {
  float q = __fmul_rn(x, x);
  float tail = multiplyAdd(q, -1.0f / 39916800.0f, 1.0f / 362880.0f);
  tail = __fsub_rn(__fmul_rn(tail, q), 1.0f / 5040.0f);
  tail = multiplyAdd(tail, q, 1.0f / 120.0f);
  tail = __fsub_rn(__fmul_rn(tail, q), 1.0f / 6.0f);
  return multiplyAdd(__fmul_rn(x, q), tail, x);
}

__device__ float cosine(float x) {
  float q = __fmul_rn(x, x);
  float tail = __fsub_rn(__fmul_rn(q, 1.0f / 479001600.0f), 1.0f / 3628800.0f);
  tail = multiplyAdd(tail, q, 1.0f / 40320.0f);
  tail = __fsub_rn(__fmul_rn(tail, q), 1.0f / 720.0f);
  tail = multiplyAdd(tail, q, 1.0f / 24.0f);
  tail = __fsub_rn(__fmul_rn(tail, q), 0.5f);
  return multiplyAdd(q, tail, 1.0f);
}

/** Two independent standard normals; Box and Muller 1958. */
__device__ void normalPair(unsigned radiusWord, unsigned angleWord, float &first, float &second) {
  float radius = __fsqrt_rn(__fmul_rn(-2.0f, lnOfSteps(static_cast<int>(radiusWord >> 8) + 1)));
  unsigned turn = angleWord >> 8;
  float angle = __fmul_rn(static_cast<float>(turn & 0x3FFFFFu), 0x1p-22f);
  angle = __fmul_rn(angle, 1.5707964f);
  float cos = __fmul_rn(radius, cosine(angle));
  float sin = __fmul_rn(radius, sine(angle));
  unsigned quadrant = turn >> 22;
  float x = quadrant % 2 == 0 ? cos : sin;
  float y = quadrant % 2 == 0 ? sin : cos;
  first = quadrant == 1 || quadrant == 2 ? -x : x;
  second = quadrant >= 2 ? -y : y;
}

struct Uniform {
  float low;
  float width;
  __device__ void make(const Words &w, float (&values)[4]) const {
    for (int k = 0; k < 4; k++) {
      values[k] = multiplyAdd(uniform(w.word[k]), width, low);
    }
  }
};

struct Normal {
  float mean;
  float deviation;
  __device__ void make(const Words &w, float (&values)[4]) const {
    normalPair(w.word[0], w.word[1], values[0], values[1]);
    normalPair(w.word[2], w.word[3], values[2], values[3]);
    for (int k = 0; k < 4; k++) {
      values[k] = multiplyAdd(deviation, values[k], mean);
    }
  }
};

/** Each thread makes the four draws of a block; the first and the last may lie partly outside. */
template <typename T, typename Distribution>
__device__ void fill(const Draws &draws, const int *offset, Distribution distribution, T *y) {
  int skipped = static_cast<int>(draws.first % 4);
  for (long long i = gridStart(); 4 * i - skipped < draws.length; i += gridStep()) {
    float values[4];
    distribution.make(words(draws, offset, draws.first / 4 + i), values);
    storeFour(y, 4 * i - skipped, draws.length, values);
  }
}

/** y may be x. */
template <typename T>
__device__ void noise(const Draws &draws, const int *offset, float deviation, const T *x, T *y) {
  int skipped = static_cast<int>(draws.first % 4);
  for (long long i = gridStart(); 4 * i - skipped < draws.length; i += gridStep()) {
    float normals[4];
    Normal{0.0f, deviation}.make(words(draws, offset, draws.first / 4 + i), normals);
    float values[4];
    loadFour(x, 4 * i - skipped, draws.length, values);
    for (int k = 0; k < 4; k++) {
      values[k] = __fadd_rn(values[k], normals[k]);
    }
    storeFour(y, 4 * i - skipped, draws.length, values);
  }
}

/** y may be x. */
template <typename T>
__device__ void dropout(
    const Draws &draws, const int *offset, float rate, float scale, const T *x, T *y) {
  int skipped = static_cast<int>(draws.first % 4);
  for (long long i = gridStart(); 4 * i - skipped < draws.length; i += gridStep()) {
    Words w = words(draws, offset, draws.first / 4 + i);
    float values[4];
    loadFour(x, 4 * i - skipped, draws.length, values);
    for (int k = 0; k < 4; k++) {
      values[k] = uniform(w.word[k]) >= rate ? __fmul_rn(values[k], scale) : 0.0f;
    }
    storeFour(y, 4 * i - skipped, draws.length, values);
  }
}

extern "C" __global__ void uniform_f32(
    Draws draws, const int *offset, float low, float width, float *y) {
  fill(draws, offset, Uniform{low, width}, y);
}

extern "C" __global__ void uniform_bf16(
    Draws draws, const int *offset, float low, float width, bf16 *y) {
  fill(draws, offset, Uniform{low, width}, y);
}

extern "C" __global__ void normal_f32(
    Draws draws, const int *offset, float mean, float deviation, float *y) {
  fill(draws, offset, Normal{mean, deviation}, y);
}

extern "C" __global__ void normal_bf16(
    Draws draws, const int *offset, float mean, float deviation, bf16 *y) {
  fill(draws, offset, Normal{mean, deviation}, y);
}

extern "C" __global__ void noise_f32(
    Draws draws, const int *offset, float deviation, const float *x, float *y) {
  noise(draws, offset, deviation, x, y);
}

extern "C" __global__ void noise_bf16(
    Draws draws, const int *offset, float deviation, const bf16 *x, bf16 *y) {
  noise(draws, offset, deviation, x, y);
}

extern "C" __global__ void dropout_f32(
    Draws draws, const int *offset, float rate, float scale, const float *x, float *y) {
  dropout(draws, offset, rate, scale, x, y);
}

extern "C" __global__ void dropout_bf16(
    Draws draws, const int *offset, float rate, float scale, const bf16 *x, bf16 *y) {
  dropout(draws, offset, rate, scale, x, y);
}

/** Adds 1 to a count of two words. */
extern "C" __global__ void advance_offset(int *offset) {
  if (gridStart() == 0) {
    unsigned low = static_cast<unsigned>(offset[0]) + 1u;
    offset[0] = static_cast<int>(low);
    offset[1] += low == 0u;
  }
}
