// Resizing of NHWC images. Each thread makes one element of the output, or of the gradient.
#include "positions.cuh"

/** As ResizeGeometry. */
struct Resize {
  int batch, inHeight, inWidth, channels, outHeight, outWidth;
};

/** What an output coordinate reads along one axis: two inputs and their shares. */
struct Pair {
  int first;
  int second;
  float firstShare;
  float secondShare;

  __device__ float shareOf(int in) const {
    return (first == in ? firstShare : 0.0f) + (second == in ? secondShare : 0.0f);
  }
};

/** floor((o + 0.5) in / out). */
struct Nearest {
  template <typename Whole>
  __device__ static Pair pair(Whole o, Whole in, Whole out) {
    int index = static_cast<int>((2 * o + 1) * in / (2 * out));
    return {index, index, 1.0f, 0.0f};
  }
};

/**
 * The position (o + 0.5) in / out - 0.5 is a fraction over 2 out. Its whole and its rest are taken
 * exactly, so that a share of 0 is 0 and its element takes no part.
 */
struct Bilinear {
  template <typename Whole>
  __device__ static Pair pair(Whole o, Whole in, Whole out) {
    Whole numerator = (2 * o + 1) * in - out; // over 2 out, and not below -1
    Whole below = numerator < 0 ? -1 : numerator / (2 * out);
    Whole rest = numerator - below * 2 * out;
    float unit = static_cast<float>(2 * out);
    return {
        static_cast<int>(below < 0 ? 0 : below),
        static_cast<int>(below + 1 < in ? below + 1 : in - 1),
        static_cast<float>(2 * out - rest) / unit,
        static_cast<float>(rest) / unit};
  }
};

/** Up to here (2 o + 1) in fits an int. */
#define SHORT_AXIS 32767

template <typename Method>
__device__ __forceinline__ Pair pair(int o, int in, int out) {
  return in <= SHORT_AXIS && out <= SHORT_AXIS
             ? Method::template pair<int>(o, in, out)
             : Method::template pair<long long>(o, in, out);
}

/**
 * A range that holds every output whose pair has `in`: those at positions between the input's two
 * neighbours, and all those past a border for the border.
 */
__device__ __forceinline__ Range readers(int input, int in, int out) {
  long long low = (2LL * input - 1) * out / (2LL * in);
  long long high = (2LL * input + 3) * out / (2LL * in) + 1;
  return {
      input == 0 || low < 0 ? 0 : static_cast<int>(low),
      input == in - 1 || high > out ? out : static_cast<int>(high)};
}

template <typename T>
__device__ __forceinline__ void add(float &sum, float weight, const T *x, long long i) {
  if (weight != 0.0f) {
    sum += weight * load(x, i);
  }
}

template <typename Method, typename T>
__device__ void forward(const Resize &g, const T *__restrict__ x, T *__restrict__ y) {
  forEachElement(g.batch, g.outHeight, g.outWidth, g.channels, [=, &g](long long i, Element e) {
    Pair rows = pair<Method>(e.row, g.inHeight, g.outHeight);
    Pair columns = pair<Method>(e.column, g.inWidth, g.outWidth);
    long long top = (e.n * g.inHeight + rows.first) * g.inWidth;
    long long bottom = (e.n * g.inHeight + rows.second) * g.inWidth;
    const T *channel = x + e.channel;
    float sum = 0.0f;
    add(sum, rows.firstShare * columns.firstShare, channel, (top + columns.first) * g.channels);
    add(sum, rows.firstShare * columns.secondShare, channel, (top + columns.second) * g.channels);
    add(sum, rows.secondShare * columns.firstShare, channel, (bottom + columns.first) * g.channels);
    add(sum, rows.secondShare * columns.secondShare, channel,
        (bottom + columns.second) * g.channels);
    store(y, i, sum);
  });
}

template <typename Method, typename T>
__device__ void backward(const Resize &g, const T *__restrict__ dy, T *__restrict__ dx) {
  forEachElement(g.batch, g.inHeight, g.inWidth, g.channels, [=, &g](long long i, Element e) {
    Range rows = readers(e.row, g.inHeight, g.outHeight);
    Range columns = readers(e.column, g.inWidth, g.outWidth);
    float sum = 0.0f;
    for (int row = rows.first; row < rows.end; row++) {
      float ofRow = pair<Method>(row, g.inHeight, g.outHeight).shareOf(e.row);
      long long start = (e.n * g.outHeight + row) * g.outWidth;
      for (int column = columns.first; column < columns.end && ofRow != 0.0f; column++) {
        float ofColumn = pair<Method>(column, g.inWidth, g.outWidth).shareOf(e.column);
        add(sum, ofRow * ofColumn, dy + e.channel, (start + column) * g.channels);
      }
    }
    store(dx, i, sum);
  });
}

extern "C" __global__ void __launch_bounds__(256) nearest_f32(
    Resize resize, const float *x, float *y) {
  forward<Nearest>(resize, x, y);
}

extern "C" __global__ void __launch_bounds__(256) nearest_bf16(
    Resize resize, const bf16 *x, bf16 *y) {
  forward<Nearest>(resize, x, y);
}

extern "C" __global__ void __launch_bounds__(256) bilinear_f32(
    Resize resize, const float *x, float *y) {
  forward<Bilinear>(resize, x, y);
}

extern "C" __global__ void __launch_bounds__(256) bilinear_bf16(
    Resize resize, const bf16 *x, bf16 *y) {
  forward<Bilinear>(resize, x, y);
}

extern "C" __global__ void __launch_bounds__(256) nearest_backward_f32(
    Resize resize, const float *dy, float *dx) {
  backward<Nearest>(resize, dy, dx);
}

extern "C" __global__ void __launch_bounds__(256) nearest_backward_bf16(
    Resize resize, const bf16 *dy, bf16 *dx) {
  backward<Nearest>(resize, dy, dx);
}

extern "C" __global__ void __launch_bounds__(256) bilinear_backward_f32(
    Resize resize, const float *dy, float *dx) {
  backward<Bilinear>(resize, dy, dx);
}

extern "C" __global__ void __launch_bounds__(256) bilinear_backward_bf16(
    Resize resize, const bf16 *dy, bf16 *dx) {
  backward<Bilinear>(resize, dy, dx);
}
