// Pooling of NHWC images. Each thread makes one element of the output, or of the gradient.
#include "positions.cuh"

/** As Pool2dGeometry, with the sizes of the output. */
struct Pool {
  int batch, inHeight, inWidth, channels;
  int kernelHeight, kernelWidth, strideHeight, strideWidth;
  int padTop, padLeft, outHeight, outWidth;
};

/** What the window at `out` covers of an axis of `size` elements. */
__device__ __forceinline__ Range covered(int out, int stride, int pad, int kernel, int size) {
  int first = out * stride - pad;
  int end = first + kernel;
  return {first < 0 ? 0 : first, end < size ? end : size};
}

/** The windows, of `count`, that cover element `in`. */
__device__ __forceinline__ Range covering(int in, int stride, int pad, int kernel, int count) {
  int past = in + pad - kernel; // the last element before whose start a window ends
  int first = past < 0 ? 0 : past / stride + 1;
  int end = (in + pad) / stride + 1;
  return {first, end < count ? end : count};
}

/** The windows of an output's row and column. */
struct Window {
  Range rows;
  Range columns;

  __device__ Window(const Pool &g, int row, int column)
      : rows(covered(row, g.strideHeight, g.padTop, g.kernelHeight, g.inHeight)),
        columns(covered(column, g.strideWidth, g.padLeft, g.kernelWidth, g.inWidth)) {}

  __device__ int size() const { return rows.size() * columns.size(); }
};

/** The outputs whose windows hold an input's row and column. */
struct Holders {
  Range rows;
  Range columns;

  __device__ Holders(const Pool &g, int row, int column)
      : rows(covering(row, g.strideHeight, g.padTop, g.kernelHeight, g.outHeight)),
        columns(covering(column, g.strideWidth, g.padLeft, g.kernelWidth, g.outWidth)) {}
};

__device__ __forceinline__ long long input(const Pool &g, const Element &e, int row, int column) {
  return ((e.n * g.inHeight + row) * g.inWidth + column) * g.channels + e.channel;
}

__device__ __forceinline__ long long output(const Pool &g, const Element &e, int row, int column) {
  return ((e.n * g.outHeight + row) * g.outWidth + column) * g.channels + e.channel;
}

/** Where the first of the window's largest elements is. */
template <typename T>
__device__ long long firstLargest(const Pool &g, const Element &e, const Window &window, const T *x) {
  long long best = input(g, e, window.rows.first, window.columns.first);
  float largest = load(x, best);
  for (int row = window.rows.first; row < window.rows.end; row++) {
    for (int column = window.columns.first; column < window.columns.end; column++) {
      long long at = input(g, e, row, column);
      float value = load(x, at);
      if (value > largest) {
        best = at;
        largest = value;
      }
    }
  }
  return best;
}

template <typename T>
__device__ void averageForward(const Pool &g, const T *__restrict__ x, T *__restrict__ y) {
  forEachElement(g.batch, g.outHeight, g.outWidth, g.channels, [=, &g](long long i, Element e) {
    Window window(g, e.row, e.column);
    float sum = 0.0f;
    for (int row = window.rows.first; row < window.rows.end; row++) {
      for (int column = window.columns.first; column < window.columns.end; column++) {
        sum += load(x, input(g, e, row, column));
      }
    }
    store(y, i, sum / static_cast<float>(window.size()));
  });
}

template <typename T>
__device__ void averageBackward(const Pool &g, const T *__restrict__ dy, T *__restrict__ dx) {
  forEachElement(g.batch, g.inHeight, g.inWidth, g.channels, [=, &g](long long i, Element e) {
    Holders holders(g, e.row, e.column);
    float sum = 0.0f;
    for (int row = holders.rows.first; row < holders.rows.end; row++) {
      for (int column = holders.columns.first; column < holders.columns.end; column++) {
        float count = static_cast<float>(Window(g, row, column).size());
        sum += load(dy, output(g, e, row, column)) / count;
      }
    }
    store(dx, i, sum);
  });
}

template <typename T>
__device__ void maxForward(const Pool &g, const T *__restrict__ x, T *__restrict__ y) {
  forEachElement(g.batch, g.outHeight, g.outWidth, g.channels, [=, &g](long long i, Element e) {
    y[i] = x[firstLargest(g, e, Window(g, e.row, e.column), x)];
  });
}

/** Each input finds the largest of every window that holds it anew: nothing was kept. */
template <typename T>
__device__ void maxBackward(
    const Pool &g, const T *__restrict__ x, const T *__restrict__ dy, T *__restrict__ dx) {
  forEachElement(g.batch, g.inHeight, g.inWidth, g.channels, [=, &g](long long i, Element e) {
    Holders holders(g, e.row, e.column);
    float sum = 0.0f;
    for (int row = holders.rows.first; row < holders.rows.end; row++) {
      for (int column = holders.columns.first; column < holders.columns.end; column++) {
        if (firstLargest(g, e, Window(g, row, column), x) == i) {
          sum += load(dy, output(g, e, row, column));
        }
      }
    }
    store(dx, i, sum);
  });
}

extern "C" __global__ void __launch_bounds__(256, 6) average_pool_f32(
    Pool pool, const float *x, float *y) {
  averageForward(pool, x, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) average_pool_bf16(
    Pool pool, const bf16 *x, bf16 *y) {
  averageForward(pool, x, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) average_pool_backward_f32(
    Pool pool, const float *dy, float *dx) {
  averageBackward(pool, dy, dx);
}

extern "C" __global__ void __launch_bounds__(256, 6) average_pool_backward_bf16(
    Pool pool, const bf16 *dy, bf16 *dx) {
  averageBackward(pool, dy, dx);
}

extern "C" __global__ void __launch_bounds__(256, 6) max_pool_f32(
    Pool pool, const float *x, float *y) {
  maxForward(pool, x, y);
}

extern "C" __global__ void __launch_bounds__(256, 6) max_pool_bf16(
    Pool pool, const bf16 *x, bf16 *y) {
  maxForward(pool, x, y);
}

extern "C" __global__ void __launch_bounds__(256) max_pool_backward_f32(
    Pool pool, const float *x, const float *dy, float *dx) {
  maxBackward(pool, x, dy, dx);
}

extern "C" __global__ void __launch_bounds__(256) max_pool_backward_bf16(
    Pool pool, const bf16 *x, const bf16 *dy, bf16 *dx) {
  maxBackward(pool, x, dy, dx);
}
