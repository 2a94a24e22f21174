// Convolutions of images of one to four channels: the first layer of a discriminator and the last of a generator.
// x: [batch, inHeight, inWidth, inChannels], w: [outChannels, kernelHeight, kernelWidth, inChannels],
// y: [batch, outHeight, outWidth, outChannels]. Lanes run over output channels, which lie together in y and dy.
// Every tensor has fewer than 2^31 elements, so that places in them are ints.
#include "common.cuh"

struct ConvShape {
  int batch, inHeight, inWidth, inChannels;
  int outHeight, outWidth, outChannels;
  int kernelHeight, kernelWidth;
  int strideHeight, strideWidth;
  int padTop, padLeft;
};

constexpr int LANES = 32;
constexpr int WARPS = 8;
/** Pixels that a warp works on at a time. */
constexpr int PIXELS = 8;
/** Elements of the window whose filter a lane holds in registers at a time. */
constexpr int TAPS = 16;
/** Output channels of a block: two for each lane. */
constexpr int OUT = 2 * LANES;
/** The largest window that backward_input holds in shared memory. */
constexpr int WINDOW = 256;

__device__ __forceinline__ int windowOf(const ConvShape &s) { return s.kernelHeight * s.kernelWidth * s.inChannels; }

__device__ __forceinline__ long long outputPixels(const ConvShape &s) {
  return static_cast<long long>(s.batch) * s.outHeight * s.outWidth;
}

/** What element `tap` of the window of an output pixel sees: 0 in the padding, and beyond the last tap or pixel. */
template <typename T>
__device__ float seen(const ConvShape &s, const T *x, long long pixel, int tap) {
  if (tap >= windowOf(s) || pixel >= outputPixels(s)) {
    return 0.0f;
  }
  int at = static_cast<int>(pixel);
  int channel = tap % s.inChannels;
  int place = tap / s.inChannels;
  int row = at / s.outWidth % s.outHeight * s.strideHeight - s.padTop + place / s.kernelWidth;
  int column = at % s.outWidth * s.strideWidth - s.padLeft + place % s.kernelWidth;
  if (row < 0 || row >= s.inHeight || column < 0 || column >= s.inWidth) {
    return 0.0f;
  }
  int image = at / (s.outHeight * s.outWidth);
  return load(x, ((static_cast<long long>(image) * s.inHeight + row) * s.inWidth + column) * s.inChannels + channel);
}

/** A warp's next pixels, TAPS elements of each one's window from `tap` on. */
template <typename T>
__device__ void loadPatches(const ConvShape &s, const T *x, long long pixel, int tap, float (*patches)[TAPS]) {
  int lane = threadIdx.x % LANES;
  __syncwarp();
  for (int i = lane / TAPS; i < PIXELS; i += LANES / TAPS) {
    patches[i][lane % TAPS] = seen(s, x, pixel + i, tap + lane % TAPS);
  }
  __syncwarp();
}

/** y = conv(x, w). blockIdx.y counts groups of OUT output channels. */
template <typename T>
__device__ void forward(const ConvShape &s, const T *x, const T *w, T *y) {
  __shared__ float filter[TAPS][OUT + 1];
  __shared__ float patches[WARPS][PIXELS][TAPS];
  int lane = threadIdx.x % LANES, warp = threadIdx.x / LANES;
  int first = blockIdx.y * OUT, window = windowOf(s);
  long long step = static_cast<long long>(gridDim.x) * WARPS * PIXELS;
  for (long long base = static_cast<long long>(blockIdx.x) * WARPS * PIXELS; base < outputPixels(s); base += step) {
    long long pixel = base + warp * PIXELS;
    float sum[PIXELS][2] = {};
    for (int tap = 0; tap < window; tap += TAPS) {
      __syncthreads();
      for (int i = threadIdx.x; i < OUT * TAPS; i += WARPS * LANES) {
        int k = first + i / TAPS, t = tap + i % TAPS;
        bool inside = k < s.outChannels && t < window;
        filter[i % TAPS][i / TAPS] = inside ? load(w, static_cast<long long>(k) * window + t) : 0.0f;
      }
      __syncthreads();
      loadPatches(s, x, pixel, tap, patches[warp]);
      float low[TAPS], high[TAPS];
#pragma unroll
      for (int t = 0; t < TAPS; t++) {
        low[t] = filter[t][lane];
        high[t] = filter[t][lane + LANES];
      }
#pragma unroll
      for (int i = 0; i < PIXELS; i++) {
#pragma unroll
        for (int t = 0; t < TAPS; t++) {
          sum[i][0] += patches[warp][i][t] * low[t];
          sum[i][1] += patches[warp][i][t] * high[t];
        }
      }
    }
#pragma unroll
    for (int i = 0; i < PIXELS; i++) {
#pragma unroll
      for (int half = 0; half < 2; half++) {
        int k = first + lane + half * LANES;
        if (pixel + i < outputPixels(s) && k < s.outChannels) {
          store(y, (pixel + i) * s.outChannels + k, sum[i][half]);
        }
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(256) conv_ends_forward_f32(ConvShape s, const float *x, const float *w, float *y) {
  forward(s, x, w, y);
}

extern "C" __global__ void __launch_bounds__(256) conv_ends_forward_bf16(ConvShape s, const bf16 *x, const bf16 *w, bf16 *y) {
  forward(s, x, w, y);
}

/** Adds to `sum` what output channel k gives to an input pixel. `filter` holds that channel's taps, LANES + 1 apart. */
template <int CHANNELS, typename T>
__device__ __forceinline__ void gather(const ConvShape &s, const T *dy, int pixel, int k, const float *filter, float *sum) {
  int down = pixel / s.inWidth % s.inHeight + s.padTop;
  int right = pixel % s.inWidth + s.padLeft;
  long long image = pixel / (s.inHeight * s.inWidth);
  // Only every stride-th tap of the window meets this pixel.
  for (int r = down % s.strideHeight; r < s.kernelHeight && r <= down; r += s.strideHeight) {
    int row = (down - r) / s.strideHeight;
    for (int c = right % s.strideWidth; row < s.outHeight && c < s.kernelWidth && c <= right; c += s.strideWidth) {
      int column = (right - c) / s.strideWidth;
      if (column < s.outWidth) {
        float gradient = load(dy, ((image * s.outHeight + row) * s.outWidth + column) * s.outChannels + k);
        const float *taps = filter + (r * s.kernelWidth + c) * CHANNELS * (LANES + 1);
#pragma unroll
        for (int channel = 0; channel < CHANNELS; channel++) {
          sum[channel] += gradient * taps[channel * (LANES + 1)];
        }
      }
    }
  }
}

/** dx: each lane sums over every 32nd output channel, then the warp over its lanes. */
template <int CHANNELS, typename T>
__device__ void backwardInput(const ConvShape &s, const T *dy, const T *w, T *dx, float *filter) {
  int lane = threadIdx.x % LANES, warp = threadIdx.x / LANES;
  int window = windowOf(s);
  long long pixels = static_cast<long long>(s.batch) * s.inHeight * s.inWidth;
  long long step = static_cast<long long>(gridDim.x) * WARPS * PIXELS;
  for (long long base = static_cast<long long>(blockIdx.x) * WARPS * PIXELS; base < pixels; base += step) {
    long long pixel = base + warp * PIXELS;
    float sum[PIXELS][CHANNELS] = {};
    for (int first = 0; first < s.outChannels; first += LANES) {
      __syncthreads();
      for (int i = threadIdx.x; i < window * LANES; i += WARPS * LANES) {
        int k = i / window, tap = i % window;
        bool inside = first + k < s.outChannels;
        filter[tap * (LANES + 1) + k] = inside ? load(w, static_cast<long long>(first + k) * window + tap) : 0.0f;
      }
      __syncthreads();
#pragma unroll
      for (int i = 0; i < PIXELS; i++) {
        if (first + lane < s.outChannels && pixel + i < pixels) {
          gather<CHANNELS>(s, dy, static_cast<int>(pixel + i), first + lane, filter + lane, sum[i]);
        }
      }
    }
    float mine = 0.0f;
#pragma unroll
    for (int i = 0; i < PIXELS; i++) {
#pragma unroll
      for (int channel = 0; channel < CHANNELS; channel++) {
        float total = warpSum(sum[i][channel]);
        mine = lane == i * CHANNELS + channel ? total : mine;
      }
    }
    if (lane < PIXELS * CHANNELS && pixel + lane / CHANNELS < pixels) {
      store(dx, pixel * CHANNELS + lane, mine);
    }
  }
}

template <typename T>
__device__ void backwardInput(const ConvShape &s, const T *dy, const T *w, T *dx) {
  __shared__ float filter[WINDOW * (LANES + 1)];
  switch (s.inChannels) {
    case 1: backwardInput<1>(s, dy, w, dx, filter); break;
    case 2: backwardInput<2>(s, dy, w, dx, filter); break;
    case 3: backwardInput<3>(s, dy, w, dx, filter); break;
    default: backwardInput<4>(s, dy, w, dx, filter); break;
  }
}

extern "C" __global__ void __launch_bounds__(256)
    conv_ends_backward_input_f32(ConvShape s, const float *dy, const float *w, float *dx) {
  backwardInput(s, dy, w, dx);
}

extern "C" __global__ void __launch_bounds__(256)
    conv_ends_backward_input_bf16(ConvShape s, const bf16 *dy, const bf16 *w, bf16 *dx) {
  backwardInput(s, dy, w, dx);
}

/**
 * The filter's gradient from a slice of the output pixels, for TAPS elements of the window and OUT output channels.
 * partial: [gridDim.x, outChannels, window]. blockIdx.x counts slices, blockIdx.y groups of channels for each group of taps.
 */
template <typename T>
__device__ void backwardWeight(const ConvShape &s, const T *x, const T *dy, float *partial) {
  __shared__ float patches[WARPS][PIXELS][TAPS];
  __shared__ float sums[WARPS][TAPS][OUT + 1];
  int lane = threadIdx.x % LANES, warp = threadIdx.x / LANES;
  int window = windowOf(s), groups = (s.outChannels + OUT - 1) / OUT;
  int first = static_cast<int>(blockIdx.y) % groups * OUT, tap = static_cast<int>(blockIdx.y) / groups * TAPS;
  float low[TAPS] = {}, high[TAPS] = {};
  long long step = static_cast<long long>(gridDim.x) * WARPS * PIXELS;
  for (long long base = static_cast<long long>(blockIdx.x) * WARPS * PIXELS; base < outputPixels(s); base += step) {
    long long pixel = base + warp * PIXELS;
    loadPatches(s, x, pixel, tap, patches[warp]);
    for (int i = 0; i < PIXELS && pixel + i < outputPixels(s); i++) {
      long long at = (pixel + i) * s.outChannels + first + lane;
      float gradientLow = first + lane < s.outChannels ? load(dy, at) : 0.0f;
      float gradientHigh = first + lane + LANES < s.outChannels ? load(dy, at + LANES) : 0.0f;
#pragma unroll
      for (int t = 0; t < TAPS; t++) {
        low[t] += patches[warp][i][t] * gradientLow;
        high[t] += patches[warp][i][t] * gradientHigh;
      }
    }
  }
#pragma unroll
  for (int t = 0; t < TAPS; t++) {
    sums[warp][t][lane] = low[t];
    sums[warp][t][lane + LANES] = high[t];
  }
  __syncthreads();
  for (int i = threadIdx.x; i < OUT * TAPS; i += WARPS * LANES) {
    int k = i / TAPS, t = i % TAPS;
    float sum = 0.0f;
    for (int other = 0; other < WARPS; other++) {
      sum += sums[other][t][k];
    }
    if (first + k < s.outChannels && tap + t < window) {
      partial[(static_cast<long long>(blockIdx.x) * s.outChannels + first + k) * window + tap + t] = sum;
    }
  }
}

extern "C" __global__ void __launch_bounds__(256)
    conv_ends_backward_weight_f32(ConvShape s, const float *x, const float *dy, float *partial) {
  backwardWeight(s, x, dy, partial);
}

extern "C" __global__ void __launch_bounds__(256)
    conv_ends_backward_weight_bf16(ConvShape s, const bf16 *x, const bf16 *dy, float *partial) {
  backwardWeight(s, x, dy, partial);
}

/** dw[i] = the sum over slices of partial[slice, i], in order. */
template <typename T>
__device__ void sumSlices(int slices, long long length, const float *partial, T *dw) {
  for (long long i = gridStart(); i < length; i += gridStep()) {
    float sum = 0.0f;
    for (int slice = 0; slice < slices; slice++) {
      sum += partial[slice * length + i];
    }
    store(dw, i, sum);
  }
}

extern "C" __global__ void conv_ends_sum_slices_f32(int slices, long long length, const float *partial, float *dw) {
  sumSlices(slices, length, partial, dw);
}

extern "C" __global__ void conv_ends_sum_slices_bf16(int slices, long long length, const float *partial, bf16 *dw) {
  sumSlices(slices, length, partial, dw);
}
