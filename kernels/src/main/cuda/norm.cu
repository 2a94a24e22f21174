// Batch normalisation over the rows of x: [rows, channels], and LeakyReLU behind it. Where one block
// has all rows of its channels, the first kernel does everything.
#include "columns.cuh"

struct Normalisation {
  Matrix matrix;
  float epsilon;
  float slope;
};

/** What x goes through: z = (x - mean) factor + shift. */
template <int V>
struct Affine {
  float mean[V];
  float inverse[V]; // of the deviation
  float factor[V];
  float shift[V];

  __device__ void set(int v, float centre, float variance, float epsilon, float scale, float offset) {
    mean[v] = centre;
    inverse[v] = rsqrtf(variance + epsilon);
    factor[v] = scale * inverse[v];
    shift[v] = offset;
  }

  /** The same bits forward and backward, so that the sign is the same. */
  __device__ float z(int v, float x) const { return fmaf(x - mean[v], factor[v], shift[v]); }
};

template <int V>
__device__ Affine<V> affineOf(
    const Normalisation &n, const Place &at, const float *scale, const float *shift,
    const float *mean, const float *variance) {
  Affine<V> affine = {};
  for (int v = 0; at.inside && v < V; v++) {
    int c = at.channel + v;
    affine.set(v, mean[c], variance[c], n.epsilon, scale[c], shift[c]);
  }
  return affine;
}

template <typename T, int V>
__device__ void apply(
    const Normalisation &n, const Place &at, const Affine<V> &affine, const T *__restrict__ x,
    T *__restrict__ y) {
#pragma unroll 4
  for (long long row = at.firstRow(); at.inside && row < n.matrix.rows; row += at.rowStep()) {
    float values[V];
    loadFloats(x, row * n.matrix.channels + at.channel, values);
    for (int v = 0; v < V; v++) {
      float z = affine.z(v, values[v]);
      values[v] = z > 0.0f ? z : n.slope * z;
    }
    storeFloats(y, row * n.matrix.channels + at.channel, values);
  }
}

/** y from given statistics. */
template <typename T, int V>
__device__ void applyGiven(
    const Normalisation &n, const T *x, const float *scale, const float *shift, const float *mean,
    const float *variance, T *y) {
  Place at = placeOf<V>(n.matrix);
  apply(n, at, affineOf<V>(n, at, scale, shift, mean, variance), x, y);
}

/** Means and variances, and y too where one block has all rows. */
template <typename T, int V>
__device__ void forward(
    const Normalisation &n, const T *__restrict__ x, const float *scale, const float *shift, T *y,
    float *mean, float *variance, float *partials, int *arrivals) {
  Place at = placeOf<V>(n.matrix);
  Pair<V> mine = {};
#pragma unroll 4
  for (long long row = at.firstRow(); at.inside && row < n.matrix.rows; row += at.rowStep()) {
    float values[V];
    loadFloats(x, row * n.matrix.channels + at.channel, values);
    mine.count += 1.0f;
    float share = 1.0f / mine.count; // Welford 1962
    for (int v = 0; v < V; v++) {
      float distance = values[v] - mine.first[v];
      mine.first[v] += distance * share;
      mine.second[v] += distance * (values[v] - mine.first[v]);
    }
  }
  if (!mergeAll<Moments>(n.matrix, at, partials, arrivals, mine)) {
    return;
  }
  Affine<V> affine = {};
  for (int v = 0; at.inside && v < V; v++) {
    int c = at.channel + v;
    float spread = mine.second[v] / static_cast<float>(n.matrix.rows);
    affine.set(v, mine.first[v], spread, n.epsilon, scale[c], shift[c]);
    if (at.depth == 0) {
      mean[c] = mine.first[v];
      variance[c] = spread;
    }
  }
  if (gridDim.y == 1) {
    apply(n, at, affine, x, y);
  }
}

/** dz, the gradient behind the activation. */
template <int V>
__device__ float activationBackward(
    const Normalisation &n, const Affine<V> &affine, int v, float x, float dy) {
  return affine.z(v, x) > 0.0f ? dy : n.slope * dy;
}

/** dx = factor (dz - dshift / rows - xhat dscale / rows), with dscale and dshift in totals. */
template <typename T, int V>
__device__ void inputGradient(
    const Normalisation &n, const Place &at, const Affine<V> &affine, const Pair<V> &totals,
    const T *__restrict__ x, const T *__restrict__ dy, T *__restrict__ dx) {
  float average[V];
  float tilt[V];
  for (int v = 0; v < V; v++) {
    average[v] = totals.first[v] / static_cast<float>(n.matrix.rows);
    tilt[v] = totals.second[v] / static_cast<float>(n.matrix.rows) * affine.inverse[v];
  }
#pragma unroll 2
  for (long long row = at.firstRow(); at.inside && row < n.matrix.rows; row += at.rowStep()) {
    float values[V];
    float gradients[V];
    loadFloats(x, row * n.matrix.channels + at.channel, values);
    loadFloats(dy, row * n.matrix.channels + at.channel, gradients);
    for (int v = 0; v < V; v++) {
      float dz = activationBackward(n, affine, v, values[v], gradients[v]);
      float centred = dz - average[v] - (values[v] - affine.mean[v]) * tilt[v];
      gradients[v] = affine.factor[v] * centred;
    }
    storeFloats(dx, row * n.matrix.channels + at.channel, gradients);
  }
}

/** dx from given sums. */
template <typename T, int V>
__device__ void inputGradientGiven(
    const Normalisation &n, const T *x, const float *scale, const float *shift, const float *mean,
    const float *variance, const T *dy, const float *dscale, const float *dshift, T *dx) {
  Place at = placeOf<V>(n.matrix);
  Pair<V> totals = {};
  for (int v = 0; at.inside && v < V; v++) {
    totals.first[v] = dshift[at.channel + v];
    totals.second[v] = dscale[at.channel + v];
  }
  Affine<V> affine = affineOf<V>(n, at, scale, shift, mean, variance);
  inputGradient(n, at, affine, totals, x, dy, dx);
}

/** dshift = sum dz and dscale = sum dz xhat, and dx too where one block has all rows. */
template <typename T, int V>
__device__ void backward(
    const Normalisation &n, const T *__restrict__ x, const float *scale, const float *shift,
    const float *mean, const float *variance, const T *__restrict__ dy, T *dx, float *dscale,
    float *dshift, float *partials, int *arrivals) {
  Place at = placeOf<V>(n.matrix);
  Affine<V> affine = affineOf<V>(n, at, scale, shift, mean, variance);
  Pair<V> mine = {};
#pragma unroll 2
  for (long long row = at.firstRow(); at.inside && row < n.matrix.rows; row += at.rowStep()) {
    float values[V];
    float gradients[V];
    loadFloats(x, row * n.matrix.channels + at.channel, values);
    loadFloats(dy, row * n.matrix.channels + at.channel, gradients);
    for (int v = 0; v < V; v++) {
      float dz = activationBackward(n, affine, v, values[v], gradients[v]);
      mine.first[v] += dz;
      mine.second[v] += dz * (values[v] - affine.mean[v]);
    }
  }
  if (!mergeAll<Sums>(n.matrix, at, partials, arrivals, mine)) {
    return;
  }
  for (int v = 0; v < V; v++) {
    mine.second[v] *= affine.inverse[v];
    if (at.inside && at.depth == 0) {
      dshift[at.channel + v] = mine.first[v];
      dscale[at.channel + v] = mine.second[v];
    }
  }
  if (gridDim.y == 1) {
    inputGradient(n, at, affine, mine, x, dy, dx);
  }
}

template <typename T>
__device__ void forwardOf(
    const Normalisation &n, const T *x, const float *scale, const float *shift, T *y, float *mean,
    float *variance, float *partials, int *arrivals) {
  if (n.matrix.vector == 1) {
    forward<T, 1>(n, x, scale, shift, y, mean, variance, partials, arrivals);
  } else {
    forward<T, 16 / sizeof(T)>(n, x, scale, shift, y, mean, variance, partials, arrivals);
  }
}

template <typename T>
__device__ void applyOf(
    const Normalisation &n, const T *x, const float *scale, const float *shift, const float *mean,
    const float *variance, T *y) {
  if (n.matrix.vector == 1) {
    applyGiven<T, 1>(n, x, scale, shift, mean, variance, y);
  } else {
    applyGiven<T, 16 / sizeof(T)>(n, x, scale, shift, mean, variance, y);
  }
}

template <typename T>
__device__ void backwardOf(
    const Normalisation &n, const T *x, const float *scale, const float *shift, const float *mean,
    const float *variance, const T *dy, T *dx, float *dscale, float *dshift, float *partials,
    int *arrivals) {
  if (n.matrix.vector == 1) {
    backward<T, 1>(n, x, scale, shift, mean, variance, dy, dx, dscale, dshift, partials, arrivals);
  } else {
    backward<T, 16 / sizeof(T)>(
        n, x, scale, shift, mean, variance, dy, dx, dscale, dshift, partials, arrivals);
  }
}

template <typename T>
__device__ void inputGradientOf(
    const Normalisation &n, const T *x, const float *scale, const float *shift, const float *mean,
    const float *variance, const T *dy, const float *dscale, const float *dshift, T *dx) {
  if (n.matrix.vector == 1) {
    inputGradientGiven<T, 1>(n, x, scale, shift, mean, variance, dy, dscale, dshift, dx);
  } else {
    inputGradientGiven<T, 16 / sizeof(T)>(
        n, x, scale, shift, mean, variance, dy, dscale, dshift, dx);
  }
}

extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_forward_f32(
    Normalisation n, const float *x, const float *scale, const float *shift, float *y, float *mean,
    float *variance, float *partials, int *arrivals) {
  forwardOf(n, x, scale, shift, y, mean, variance, partials, arrivals);
}

extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_apply_f32(
    Normalisation n, const float *x, const float *scale, const float *shift, const float *mean,
    const float *variance, float *y) {
  applyOf(n, x, scale, shift, mean, variance, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_backward_f32(
    Normalisation n, const float *x, const float *scale, const float *shift, const float *mean,
    const float *variance, const float *dy, float *dx, float *dscale, float *dshift, float *partials,
    int *arrivals) {
  backwardOf(n, x, scale, shift, mean, variance, dy, dx, dscale, dshift, partials, arrivals);
}

extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_input_gradient_f32(
    Normalisation n, const float *x, const float *scale, const float *shift, const float *mean,
    const float *variance, const float *dy, const float *dscale, const float *dshift, float *dx) {
  inputGradientOf(n, x, scale, shift, mean, variance, dy, dscale, dshift, dx);
}

extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_forward_bf16(
    Normalisation n, const bf16 *x, const float *scale, const float *shift, bf16 *y, float *mean,
    float *variance, float *partials, int *arrivals) {
  forwardOf(n, x, scale, shift, y, mean, variance, partials, arrivals);
}

extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_apply_bf16(
    Normalisation n, const bf16 *x, const float *scale, const float *shift, const float *mean,
    const float *variance, bf16 *y) {
  applyOf(n, x, scale, shift, mean, variance, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_backward_bf16(
    Normalisation n, const bf16 *x, const float *scale, const float *shift, const float *mean,
    const float *variance, const bf16 *dy, bf16 *dx, float *dscale, float *dshift, float *partials,
    int *arrivals) {
  backwardOf(n, x, scale, shift, mean, variance, dy, dx, dscale, dshift, partials, arrivals);
}

extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_input_gradient_bf16(
    Normalisation n, const bf16 *x, const float *scale, const float *shift, const float *mean,
    const float *variance, const bf16 *dy, const float *dscale, const float *dshift, bf16 *dx) {
  inputGradientOf(n, x, scale, shift, mean, variance, dy, dscale, dshift, dx);
}
