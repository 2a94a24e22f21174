// The mathematics of CUDA C++ that kernels use, on the host's. Answers may differ from a GPU's in the last bits.
#pragma once

inline unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
inline int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
inline float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }
inline float __int_as_float(int x) { return __builtin_bit_cast(float, x); }

inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>(static_cast<unsigned long long>(a) * b >> 32);
}
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(static_cast<unsigned>(x)); }
inline int __ffs(int x) { return __builtin_ffs(x); }

inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __frcp_rn(float a) { return 1.0f / a; }
inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

// Each function of one argument for double, and for float by its own name and by the one with an f.
#define SIM_MATH1(name)                       \
  extern "C" double name(double) noexcept;    \
  extern "C" float name##f(float) noexcept;   \
  inline float name(float x) { return name##f(x); }
SIM_MATH1(sqrt)
SIM_MATH1(exp)
SIM_MATH1(exp2)
SIM_MATH1(expm1)
SIM_MATH1(log)
SIM_MATH1(log2)
SIM_MATH1(log10)
SIM_MATH1(log1p)
SIM_MATH1(sin)
SIM_MATH1(cos)
SIM_MATH1(tan)
SIM_MATH1(tanh)
SIM_MATH1(sinh)
SIM_MATH1(cosh)
SIM_MATH1(atan)
SIM_MATH1(erf)
SIM_MATH1(fabs)
SIM_MATH1(floor)
SIM_MATH1(ceil)
SIM_MATH1(trunc)
SIM_MATH1(round)
SIM_MATH1(rint)
SIM_MATH1(nearbyint)
#undef SIM_MATH1

#define SIM_MATH2(name)                               \
  extern "C" double name(double, double) noexcept;    \
  extern "C" float name##f(float, float) noexcept;    \
  inline float name(float x, float y) { return name##f(x, y); }
SIM_MATH2(pow)
SIM_MATH2(fmod)
SIM_MATH2(fmax)
SIM_MATH2(fmin)
SIM_MATH2(copysign)
SIM_MATH2(atan2)
#undef SIM_MATH2

extern "C" double fma(double, double, double) noexcept;
extern "C" float fmaf(float, float, float) noexcept;
extern "C" void sincosf(float, float *, float *) noexcept;
extern "C" float ldexpf(float, int) noexcept;
extern "C" int abs(int) noexcept;

inline float rsqrtf(float x) { return 1.0f / __builtin_sqrtf(x); }
inline float __frsqrt_rn(float x) { return 1.0f / __builtin_sqrtf(x); }
inline float __saturatef(float x) { return x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f; }
inline float __expf(float x) { return expf(x); }
inline float __logf(float x) { return logf(x); }
inline float __sinf(float x) { return sinf(x); }
inline float __cosf(float x) { return cosf(x); }
inline float __fdividef(float a, float b) { return a / b; }

inline void sincospif(float x, float *sine, float *cosine) {
  double angle = 3.14159265358979323846 * __builtin_fmod(x, 2.0);
  *sine = static_cast<float>(__builtin_sin(angle));
  *cosine = static_cast<float>(__builtin_cos(angle));
}
inline float sinpif(float x) { return static_cast<float>(__builtin_sin(3.14159265358979323846 * __builtin_fmod(x, 2.0))); }
inline float cospif(float x) { return static_cast<float>(__builtin_cos(3.14159265358979323846 * __builtin_fmod(x, 2.0))); }

inline bool isnan(float x) { return __builtin_isnan(x); }
inline bool isnan(double x) { return __builtin_isnan(x); }
inline bool isinf(float x) { return __builtin_isinf(x); }
inline bool isinf(double x) { return __builtin_isinf(x); }
inline bool isfinite(float x) { return __builtin_isfinite(x); }
inline bool isfinite(double x) { return __builtin_isfinite(x); }

#define SIM_MIN_MAX(T)                                  \
  inline T min(T a, T b) { return b < a ? b : a; }      \
  inline T max(T a, T b) { return a < b ? b : a; }
SIM_MIN_MAX(int)
SIM_MIN_MAX(unsigned)
SIM_MIN_MAX(long)
SIM_MIN_MAX(unsigned long)
SIM_MIN_MAX(long long)
SIM_MIN_MAX(unsigned long long)
#undef SIM_MIN_MAX
// Like CUDA's, these pass over a NaN.
inline float min(float a, float b) { return fminf(a, b); }
inline float max(float a, float b) { return fmaxf(a, b); }
inline double min(double a, double b) { return fmin(a, b); }
inline double max(double a, double b) { return fmax(a, b); }
