// Random changes of NHWC images (DiffAugment: Zhao et al. 2020, arXiv:2006.10738), colour and place
// in one gather. A block makes an image.
#include "common.cuh"

#define THREADS 512

/** As AugmentGeometry. */
struct Augment {
  int batch, height, width, channels;
  float brightness, saturation, contrast;
  int maxDown, maxRight, cutHeight, cutWidth;
};

/** A whole number in [0, count), from the draw's 24 bits. */
__device__ __forceinline__ int below(int count, float u) {
  return static_cast<int>(static_cast<long long>(u * 16777216.0f) * count >> 24);
}

/**
 * What is done to an image. Brightness b, saturation s and contrast c together are
 * c s x + c (1 - s) m + (1 - c) M + b, with the pixel's mean m and the image's M.
 */
struct Change {
  float own;     // c s
  float ofPixel; // c (1 - s)
  float ofImage; // 1 - c
  float added;   // b
  int down, right, cutTop, cutLeft;

  __device__ Change(const Augment &g, const float *u) {
    float s = 1.0f + (2.0f * u[1] - 1.0f) * g.saturation;
    float c = 1.0f + (u[2] - 0.5f) * g.contrast;
    own = c * s;
    ofPixel = c * (1.0f - s);
    ofImage = 1.0f - c;
    added = (u[0] - 0.5f) * g.brightness;
    down = below(2 * g.maxDown + 1, u[3]) - g.maxDown;
    right = below(2 * g.maxRight + 1, u[4]) - g.maxRight;
    cutTop = below(g.height + 1 - g.cutHeight % 2, u[5]) - g.cutHeight / 2;
    cutLeft = below(g.width + 1 - g.cutWidth % 2, u[6]) - g.cutWidth / 2;
  }
};

/** Where a pixel shown at (row, column) was; -1 if nothing shows there. */
__device__ __forceinline__ int origin(const Augment &g, const Change &change, int row, int column) {
  int y = row - change.down;
  int x = column - change.right;
  bool inside = y >= 0 && y < g.height && x >= 0 && x < g.width;
  bool cut = row >= change.cutTop && row < change.cutTop + g.cutHeight &&
             column >= change.cutLeft && column < change.cutLeft + g.cutWidth;
  return inside && !cut ? y * g.width + x : -1;
}

/** Where the pixel that was at (row, column) shows; -1 if it does not. */
__device__ __forceinline__ int shown(const Augment &g, const Change &change, int row, int column) {
  int y = row + change.down;
  int x = column + change.right;
  bool inside = y >= 0 && y < g.height && x >= 0 && x < g.width;
  return inside && origin(g, change, y, x) >= 0 ? y * g.width + x : -1;
}

template <typename T>
__device__ __forceinline__ float pixelSum(const T *x, int pixel, int channels) {
  float sum = 0.0f;
  for (int channel = 0; channel < channels; channel++) {
    sum += load(x, static_cast<long long>(pixel) * channels + channel);
  }
  return sum;
}

/** y = the change of colour of x's pixel `from`, less what is added; x's pixel is 0 below 0. */
template <typename T>
__device__ __forceinline__ void colour(
    const Augment &g, const Change &change, float base, const T *x, int from, T *y, int to) {
  float mean = from < 0 ? 0.0f : pixelSum(x, from, g.channels) / static_cast<float>(g.channels);
  float rest = change.ofPixel * mean + base;
  for (int channel = 0; channel < g.channels; channel++) {
    float value = from < 0 ? 0.0f : load(x, static_cast<long long>(from) * g.channels + channel);
    store(y, static_cast<long long>(to) * g.channels + channel, change.own * value + rest);
  }
}

template <typename T>
__device__ void forward(
    const Augment &g, const float *__restrict__ draws, const T *__restrict__ x, T *__restrict__ y) {
  int pixels = g.height * g.width;
  long long length = static_cast<long long>(pixels) * g.channels;
  for (long long n = blockIdx.x; n < g.batch; n += gridDim.x) {
    Change change(g, draws + n * 7);
    float sum = 0.0f;
    for (int pixel = threadIdx.x; pixel < pixels; pixel += blockDim.x) {
      sum += pixelSum(x + n * length, pixel, g.channels);
    }
    float mean = blockSum(sum) / static_cast<float>(length);
    float base = change.ofImage * mean + change.added;
    for (int pixel = threadIdx.x; pixel < pixels; pixel += blockDim.x) {
      int from = origin(g, change, pixel / g.width, pixel % g.width);
      if (from >= 0) {
        colour(g, change, base, x + n * length, from, y + n * length, pixel);
      } else {
        for (int channel = 0; channel < g.channels; channel++) {
          store(y, n * length + static_cast<long long>(pixel) * g.channels + channel, 0.0f);
        }
      }
    }
  }
}

/** What does not show has no gradient of its own, but a part in the image's mean. */
template <typename T>
__device__ void backward(
    const Augment &g, const float *__restrict__ draws, const T *__restrict__ dy,
    T *__restrict__ dx) {
  int pixels = g.height * g.width;
  long long length = static_cast<long long>(pixels) * g.channels;
  for (long long n = blockIdx.x; n < g.batch; n += gridDim.x) {
    Change change(g, draws + n * 7);
    float sum = 0.0f;
    for (int pixel = threadIdx.x; pixel < pixels; pixel += blockDim.x) {
      if (origin(g, change, pixel / g.width, pixel % g.width) >= 0) {
        sum += pixelSum(dy + n * length, pixel, g.channels);
      }
    }
    float base = change.ofImage * (blockSum(sum) / static_cast<float>(length));
    for (int pixel = threadIdx.x; pixel < pixels; pixel += blockDim.x) {
      int from = shown(g, change, pixel / g.width, pixel % g.width);
      colour(g, change, base, dy + n * length, from, dx + n * length, pixel);
    }
  }
}

extern "C" __global__ void __launch_bounds__(THREADS) augment_f32(
    Augment augment, const float *draws, const float *x, float *y) {
  forward(augment, draws, x, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) augment_bf16(
    Augment augment, const float *draws, const bf16 *x, bf16 *y) {
  forward(augment, draws, x, y);
}

extern "C" __global__ void __launch_bounds__(THREADS) augment_backward_f32(
    Augment augment, const float *draws, const float *dy, float *dx) {
  backward(augment, draws, dy, dx);
}

extern "C" __global__ void __launch_bounds__(THREADS) augment_backward_bf16(
    Augment augment, const float *draws, const bf16 *dy, bf16 *dx) {
  backward(augment, draws, dy, dx);
}
