// Functions of single elements. An output may be an input: each thread reads what it overwrites.
#include "positions.cuh"

// In the order of UnaryOp.java and BinaryOp.java, whose ordinals a launch passes.
enum UnaryOp { LEAKY_RELU, TANH, SIGMOID, SOFTPLUS, EXP, LOG, SQRT, SQUARE, ABS, LINEAR };
enum BinaryOp { ADD, SUBTRACT, MULTIPLY, DIVIDE };

/** 1 / (1 + exp(-x)), without overflow. */
__device__ __forceinline__ float sigmoid(float x) {
  float e = expf(-fabsf(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

template <UnaryOp OP>
__device__ __forceinline__ float value(float alpha, float beta, float x) {
  switch (OP) {
  case LEAKY_RELU:
    return x > 0.0f ? x : alpha * x;
  case TANH:
    return tanhf(x);
  case SIGMOID:
    return sigmoid(x);
  case SOFTPLUS:
    return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x)));
  case EXP:
    return expf(x);
  case LOG:
    return logf(x);
  case SQRT:
    return sqrtf(x);
  case SQUARE:
    return x * x;
  case ABS:
    return fabsf(x);
  default: // LINEAR
    return alpha * x + beta;
  }
}

/** op'(x), where y = op(x). */
template <UnaryOp OP>
__device__ __forceinline__ float slope(float alpha, float x, float y) {
  switch (OP) {
  case LEAKY_RELU:
    return x > 0.0f ? 1.0f : alpha;
  case TANH:
    return 1.0f - y * y;
  case SIGMOID:
    return y * (1.0f - y);
  case SOFTPLUS:
    return sigmoid(x);
  case EXP:
    return y;
  case LOG:
    return 1.0f / x;
  case SQRT:
    return 0.5f / y;
  case SQUARE:
    return 2.0f * x;
  case ABS:
    return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
  default: // LINEAR
    return alpha;
  }
}

template <BinaryOp OP>
__device__ __forceinline__ float value(float a, float b) {
  switch (OP) {
  case ADD:
    return a + b;
  case SUBTRACT:
    return a - b;
  case MULTIPLY:
    return a * b;
  default: // DIVIDE
    return a / b;
  }
}

template <UnaryOp OP, typename T>
__device__ void unary(float alpha, float beta, long long length, const T *x, T *y) {
  forEach<PACK<T>>(length, aligned(x, y), [=](auto lanes, long long i) {
    constexpr int N = decltype(lanes)::COUNT;
    Pack<T, N> in = loadPack<N>(x, i);
    Pack<T, N> out;
    for (int lane = 0; lane < N; lane++) {
      store(out.at, lane, value<OP>(alpha, beta, load(in.at, lane)));
    }
    storePack(y, i, out);
  });
}

/** What the slope does not depend on is not read: its load is dead code. */
template <UnaryOp OP, typename T>
__device__ void unaryBackward(
    float alpha, long long length, const T *x, const T *y, const T *dy, T *dx) {
  forEach<PACK<T>>(length, aligned(x, y, dy, dx), [=](auto lanes, long long i) {
    constexpr int N = decltype(lanes)::COUNT;
    Pack<T, N> in = loadPack<N>(x, i);
    Pack<T, N> out = loadPack<N>(y, i);
    Pack<T, N> gradient = loadPack<N>(dy, i);
    for (int lane = 0; lane < N; lane++) {
      float by = slope<OP>(alpha, load(in.at, lane), load(out.at, lane));
      store(gradient.at, lane, load(gradient.at, lane) * by);
    }
    storePack(dx, i, gradient);
  });
}

template <BinaryOp OP, typename T>
__device__ void binary(const Box &box, const T *a, const T *b, T *y) {
  forEach<PACK<T>>(box.length, box.packed, [=, &box](auto lanes, long long i) {
    constexpr int N = decltype(lanes)::COUNT;
    Position at = box.at(i);
    Pack<T, N> left = loadAlong<N>(a, at.left, box.axes[0].left);
    Pack<T, N> right = loadAlong<N>(b, at.right, box.axes[0].right);
    Pack<T, N> out;
    for (int lane = 0; lane < N; lane++) {
      store(out.at, lane, value<OP>(load(left.at, lane), load(right.at, lane)));
    }
    storePack(y, i, out);
  });
}

template <typename T>
__device__ void fill(T value, long long length, T *y) {
  forEach<PACK<T>>(length, aligned(y), [=](auto lanes, long long i) {
    constexpr int N = decltype(lanes)::COUNT;
    Pack<T, N> out;
    for (int lane = 0; lane < N; lane++) {
      out.at[lane] = value;
    }
    storePack(y, i, out);
  });
}

/** What follows a product: y = leakyRelu(z + bias), z: [rows, columns]; y may be z. */
template <typename T>
__device__ void biasLeakyRelu(
    long long length, int columns, float slope, const float *z, const float *bias, T *y) {
  for (long long i = gridStart(); i < length; i += gridStep()) {
    store(y, i, value<LEAKY_RELU>(slope, 0.0f, z[i] + bias[i % columns]));
  }
}

/** Calls body(the operation as a type), so that loops are compiled for each. */
template <UnaryOp OP>
struct Unary {
  static constexpr UnaryOp VALUE = OP;
};

template <typename Body>
__device__ __forceinline__ void choose(int op, Body body) {
  switch (static_cast<UnaryOp>(op)) {
  case LEAKY_RELU:
    return body(Unary<LEAKY_RELU>());
  case TANH:
    return body(Unary<TANH>());
  case SIGMOID:
    return body(Unary<SIGMOID>());
  case SOFTPLUS:
    return body(Unary<SOFTPLUS>());
  case EXP:
    return body(Unary<EXP>());
  case LOG:
    return body(Unary<LOG>());
  case SQRT:
    return body(Unary<SQRT>());
  case SQUARE:
    return body(Unary<SQUARE>());
  case ABS:
    return body(Unary<ABS>());
  case LINEAR:
    return body(Unary<LINEAR>());
  }
}

template <typename T>
__device__ void binary(int op, const Box &box, const T *a, const T *b, T *y) {
  switch (static_cast<BinaryOp>(op)) {
  case ADD:
    return binary<ADD>(box, a, b, y);
  case SUBTRACT:
    return binary<SUBTRACT>(box, a, b, y);
  case MULTIPLY:
    return binary<MULTIPLY>(box, a, b, y);
  case DIVIDE:
    return binary<DIVIDE>(box, a, b, y);
  }
}

extern "C" __global__ void __launch_bounds__(256, 6) unary_f32(
    int op, float alpha, float beta, long long length, const float *x, float *y) {
  choose(op, [=](auto chosen) { unary<decltype(chosen)::VALUE>(alpha, beta, length, x, y); });
}

extern "C" __global__ void __launch_bounds__(256, 6) unary_bf16(
    int op, float alpha, float beta, long long length, const bf16 *x, bf16 *y) {
  choose(op, [=](auto chosen) { unary<decltype(chosen)::VALUE>(alpha, beta, length, x, y); });
}

extern "C" __global__ void __launch_bounds__(256, 6) unary_backward_f32(
    int op, float alpha, long long length, const float *x, const float *y, const float *dy,
    float *dx) {
  choose(op, [=](auto chosen) {
    unaryBackward<decltype(chosen)::VALUE>(alpha, length, x, y, dy, dx);
  });
}

extern "C" __global__ void __launch_bounds__(256, 6) unary_backward_bf16(
    int op, float alpha, long long length, const bf16 *x, const bf16 *y, const bf16 *dy, bf16 *dx) {
  choose(op, [=](auto chosen) {
    unaryBackward<decltype(chosen)::VALUE>(alpha, length, x, y, dy, dx);
  });
}

extern "C" __global__ void __launch_bounds__(256, 6) binary_f32(
    int op, Box box, const float *a, const float *b, float *y) {
  binary(op, box, a, b, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) binary_bf16(int op, Box box, const bf16 *a, const bf16 *b, bf16 *y) {
  binary(op, box, a, b, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) bias_leaky_relu_f32(
    long long length, int columns, float slope, const float *z, const float *bias,
    float *y) {
  biasLeakyRelu(length, columns, slope, z, bias, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) bias_leaky_relu_bf16(
    long long length, int columns, float slope, const float *z, const float *bias,
    bf16 *y) {
  biasLeakyRelu(length, columns, slope, z, bias, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) fill_f32(float value, long long length, float *y) {
  fill(value, length, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) fill_bf16(float value, long long length, bf16 *y) {
  bf16 rounded;
  store(&rounded, 0, value);
  fill(rounded, length, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) fill_i32(int value, long long length, int *y) {
  fill(value, length, y);
}
