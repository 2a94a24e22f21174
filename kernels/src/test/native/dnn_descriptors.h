// The descriptors of the stand-in for cuDNN, and the functions that make and set them.
#pragma once
#include <climits>
#include <cstdio>

#include "convolution.h"
#include "living.h"

enum DnnStatus {
  SUCCESS = 0,
  NOT_INITIALIZED = 1001,
  BAD_PARAM = 2000,
  BAD_PARAM_MISALIGNED_POINTER = 2003,
  NOT_SUPPORTED = 3000,
  INTERNAL_ERROR = 4000,
  EXECUTION_FAILED = 5000,
};
enum TensorFormat { NCHW = 0, NHWC = 1 };
enum DataType { FLOAT = 0, BFLOAT16 = 9, LAST_DATA_TYPE = 13 };
enum MathType { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, TENSOR_OP_MATH_ALLOW_CONVERSION = 2, FMA_MATH = 3 };

struct cudnnContext {
  CUstream stream = nullptr;
};

struct TensorDescriptor {
  int format = NCHW, type = FLOAT, n = 0, c = 0, h = 0, w = 0;
  bool set() const { return n > 0; }
  bool bf16() const { return type == BFLOAT16; }
  size_t elements() const { return size_t(n) * c * h * w; }
  size_t bytes() const { return elements() * (bf16() ? 2 : 4); }
};

/** [k, h, w, c] in NHWC. */
struct FilterDescriptor {
  int format = NCHW, type = FLOAT, k = 0, c = 0, h = 0, w = 0;
  bool set() const { return k > 0; }
  size_t elements() const { return size_t(k) * c * h * w; }
  size_t bytes() const { return elements() * (type == BFLOAT16 ? 2 : 4); }
};

/** One number pads both sides, so that padding which differs from side to side cannot be said. */
struct ConvolutionDescriptor {
  int padHeight = 0, padWidth = 0, strideHeight = 0, strideWidth = 0, dilationHeight = 1, dilationWidth = 1;
  bool crossCorrelation = true;
  int computeType = FLOAT, mathType = DEFAULT_MATH;
  bool set() const { return strideHeight > 0; }
};

inline int outputSize(int in, int kernel, int pad, int stride, int dilation) {
  return (in + 2 * pad - ((kernel - 1) * dilation + 1)) / stride + 1;
}

static Living<cudnnContext> &handles = *new Living<cudnnContext>("cudnn_handles");
static Living<TensorDescriptor> &tensors = *new Living<TensorDescriptor>("cudnn_descriptors");
static Living<FilterDescriptor> &filters = *new Living<FilterDescriptor>("cudnn_descriptors");
static Living<ConvolutionDescriptor> &convolutions = *new Living<ConvolutionDescriptor>("cudnn_descriptors");

template <typename T>
int create(T **made, Living<T> &living) {
  if (!made) {
    return BAD_PARAM;
  }
  *made = living.add();
  return SUCCESS;
}

template <typename T>
int destroy(T *made, Living<T> &living) {
  return !made || living.remove(made) ? SUCCESS : BAD_PARAM;
}

SIM_API size_t cudnnGetVersion() { return 90500; }

SIM_API const char *cudnnGetErrorString(int status) {
  switch (status) {
    case SUCCESS: return "CUDNN_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case BAD_PARAM_MISALIGNED_POINTER: return "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER";
    case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    case INTERNAL_ERROR: return "CUDNN_STATUS_INTERNAL_ERROR";
    case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
    default: return "CUDNN_UNKNOWN_STATUS";
  }
}

SIM_API int cudnnCreate(cudnnContext **handle) {
  if (sim::lost() != CUDA_SUCCESS) {
    return NOT_INITIALIZED;
  }
  return sim::refuseInCapture("cudnnCreate") == CUDA_SUCCESS ? create(handle, handles) : INTERNAL_ERROR;
}

SIM_API int cudnnDestroy(cudnnContext *handle) { return destroy(handle, handles); }

SIM_API int cudnnSetStream(cudnnContext *handle, CUstream stream) {
  if (!handles.has(handle)) {
    return BAD_PARAM;
  }
  handle->stream = stream;
  return SUCCESS;
}

SIM_API int cudnnCreateTensorDescriptor(TensorDescriptor **made) { return create(made, tensors); }
SIM_API int cudnnDestroyTensorDescriptor(TensorDescriptor *made) { return destroy(made, tensors); }
SIM_API int cudnnCreateFilterDescriptor(FilterDescriptor **made) { return create(made, filters); }
SIM_API int cudnnDestroyFilterDescriptor(FilterDescriptor *made) { return destroy(made, filters); }
SIM_API int cudnnCreateConvolutionDescriptor(ConvolutionDescriptor **made) { return create(made, convolutions); }
SIM_API int cudnnDestroyConvolutionDescriptor(ConvolutionDescriptor *made) { return destroy(made, convolutions); }

static bool validSizes(int format, int type, int a, int b, int c, int d) {
  bool positive = a > 0 && b > 0 && c > 0 && d > 0;
  return positive && (format == NCHW || format == NHWC) && type >= 0 && type <= LAST_DATA_TYPE;
}

SIM_API int cudnnSetTensor4dDescriptor(TensorDescriptor *tensor, int format, int type, int n, int c, int h, int w) {
  if (!tensors.has(tensor) || !validSizes(format, type, n, c, h, w)) {
    return BAD_PARAM;
  }
  *tensor = {format, type, n, c, h, w};
  return tensor->elements() > INT_MAX ? NOT_SUPPORTED : SUCCESS;
}

/** Type and format change places between a tensor's function and a filter's. */
SIM_API int cudnnSetFilter4dDescriptor(FilterDescriptor *filter, int type, int format, int k, int c, int h, int w) {
  if (!filters.has(filter) || !validSizes(format, type, k, c, h, w)) {
    return BAD_PARAM;
  }
  *filter = {format, type, k, c, h, w};
  return SUCCESS;
}

SIM_API int cudnnSetConvolution2dDescriptor(ConvolutionDescriptor *conv, int padHeight, int padWidth, int strideHeight, int strideWidth,
                                            int dilationHeight, int dilationWidth, int mode, int computeType) {
  bool positive = strideHeight > 0 && strideWidth > 0 && dilationHeight > 0 && dilationWidth > 0;
  if (!convolutions.has(conv) || !positive || padHeight < 0 || padWidth < 0 || (mode != 0 && mode != 1)) {
    return BAD_PARAM;
  }
  int math = conv->mathType;
  *conv = {padHeight, padWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, mode == 1, computeType, math};
  return SUCCESS;
}

SIM_API int cudnnSetConvolutionMathType(ConvolutionDescriptor *conv, int mathType) {
  if (!convolutions.has(conv) || mathType < DEFAULT_MATH || mathType > FMA_MATH) {
    return BAD_PARAM;
  }
  conv->mathType = mathType;
  return SUCCESS;
}
