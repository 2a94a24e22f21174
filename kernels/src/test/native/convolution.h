// The sums of a convolution in NHWC, as the stand-in for cuDNN does them. Filters are [out, kh, kw, in].
#pragma once
#include <algorithm>

#include "numbers.h"

struct ConvShape {
  int batch, inHeight, inWidth, inChannels;
  int outHeight, outWidth, outChannels;
  int kernelHeight, kernelWidth;
  int strideHeight, strideWidth, padHeight, padWidth;

  size_t inputLength() const { return size_t(batch) * inHeight * inWidth * inChannels; }
  size_t outputLength() const { return size_t(batch) * outHeight * outWidth * outChannels; }
  size_t window() const { return size_t(kernelHeight) * kernelWidth * inChannels; }
  size_t filterLength() const { return outChannels * window(); }
};

/** [out, window] as [window, out]. */
inline std::vector<float> transposedFilter(const ConvShape &s, const float *w) {
  size_t window = s.window();
  std::vector<float> turned(s.filterLength());
  for (int out = 0; out < s.outChannels; out++) {
    for (size_t i = 0; i < window; i++) {
      turned[i * s.outChannels + out] = w[out * window + i];
    }
  }
  return turned;
}

/** Calls tap(x, w, y) for every input pixel of every window: offsets of the first channel, and of the tap in the window. */
template <typename Tap>
INLINE inline void forEachTap(const ConvShape &s, size_t first, Tap tap) {
  size_t pixels = size_t(s.batch) * s.outHeight * s.outWidth;
  for (size_t i = 0; i < pixels; i++) {
    size_t pixel = (i + first) % pixels;
    int q = pixel % s.outWidth;
    int p = pixel / s.outWidth % s.outHeight;
    size_t n = pixel / s.outWidth / s.outHeight;
    for (int r = 0; r < s.kernelHeight; r++) {
      int h = p * s.strideHeight - s.padHeight + r;
      for (int c = 0; h >= 0 && h < s.inHeight && c < s.kernelWidth; c++) {
        int w = q * s.strideWidth - s.padWidth + c;
        if (w >= 0 && w < s.inWidth) {
          size_t x = ((n * s.inHeight + h) * s.inWidth + w) * s.inChannels;
          tap(x, size_t(r * s.kernelWidth + c) * s.inChannels, pixel * s.outChannels);
        }
      }
    }
  }
}

/** y is zero before. */
HOT static void convForward(const ConvShape &s, const float *x, const float *w, float *y, size_t first) {
  int in = s.inChannels, out = s.outChannels;
  size_t window = s.window();
  if (out >= in) {
    std::vector<float> turned = transposedFilter(s, w);
    forEachTap(s, first, [&](size_t xAt, size_t wAt, size_t yAt) INLINE {
      for (int c = 0; c < in; c++) {
        addScaled(y + yAt, x[xAt + c], &turned[(wAt + c) * out], out);
      }
    });
  } else {
    forEachTap(s, first, [&](size_t xAt, size_t wAt, size_t yAt) INLINE {
      for (int k = 0; k < out; k++) {
        y[yAt + k] += dotProduct(x + xAt, w + k * window + wAt, in);
      }
    });
  }
}

/** dx is zero before. */
HOT static void convBackwardData(const ConvShape &s, const float *dy, const float *w, float *dx, size_t first) {
  int in = s.inChannels, out = s.outChannels;
  size_t window = s.window();
  if (in >= out) {
    forEachTap(s, first, [&](size_t xAt, size_t wAt, size_t yAt) INLINE {
      for (int k = 0; k < out; k++) {
        addScaled(dx + xAt, dy[yAt + k], w + k * window + wAt, in);
      }
    });
  } else {
    std::vector<float> turned = transposedFilter(s, w);
    forEachTap(s, first, [&](size_t xAt, size_t wAt, size_t yAt) INLINE {
      for (int c = 0; c < in; c++) {
        dx[xAt + c] += dotProduct(dy + yAt, &turned[(wAt + c) * out], out);
      }
    });
  }
}

/** dw is zero before. */
HOT static void convBackwardFilter(const ConvShape &s, const float *x, const float *dy, float *dw, size_t first) {
  int in = s.inChannels, out = s.outChannels;
  size_t window = s.window();
  if (in >= out) {
    forEachTap(s, first, [&](size_t xAt, size_t wAt, size_t yAt) INLINE {
      for (int k = 0; k < out; k++) {
        addScaled(dw + k * window + wAt, dy[yAt + k], x + xAt, in);
      }
    });
  } else {
    std::vector<float> turned(s.filterLength());
    forEachTap(s, first, [&](size_t xAt, size_t wAt, size_t yAt) INLINE {
      for (int c = 0; c < in; c++) {
        addScaled(&turned[(wAt + c) * out], x[xAt + c], dy + yAt, out);
      }
    });
    for (int k = 0; k < out; k++) {
      for (size_t i = 0; i < window; i++) {
        dw[k * window + i] = turned[i * out + k];
      }
    }
  }
}
