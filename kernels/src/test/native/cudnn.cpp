// The stand-in for libcudnn.so.9: the convolutions of cuDNN's older interface, in NHWC, on the CPU. It is strict where cuDNN is, and
// where cuDNN may do one of several things it does the one that a caller is likelier to have forgotten:
// - algorithms whose sums have no fixed order add up in another order at each call, and are offered first;
// - an algorithm whose workspace nobody has, of more bytes than a signed number counts, is offered before all others;
// - a workspace is checked for size and place, and is filled with NaN before and after;
// - an output is filled with NaN before it is computed, and by a search for algorithms;
// - an algorithm that was offered may refuse when it is to run (DNN_REFUSES);
// - operands must be aligned to 16 bytes, as tensor cores ask for;
// - a search works on a stream of its own, which waits for nothing that was queued before;
// - a search during capture invalidates the capture.
#include "dnn_descriptors.h"

enum Direction { FORWARD, BACKWARD_DATA, BACKWARD_FILTER };

/** Algorithms as cuDNN numbers them; what each direction makes of the number is its own affair. */
struct Algorithm {
  int number;
  bool bf16;
  bool deterministic;
  /** Bytes of workspace: none, or so many for each pixel of output or element of the filter. */
  int bytesEach;
};

/** What cuDNN has for NHWC; everything else it has is for NCHW. */
static const std::vector<Algorithm> ALGORITHMS[] = {
    {{1, true, true, 16}, {0, false, true, 0}},
    {{0, false, false, 0}, {1, true, true, 16}},
    {{0, false, false, 0}, {3, false, false, 8}, {1, true, true, 16}},
};
static const int COUNT[] = {8, 6, 7};

/** Of each direction, the one that asks for a workspace which nobody has. */
static const int BOUNDLESS[] = {4, 2, 2};

struct Problem {
  Direction direction;
  TensorDescriptor *x, *y;
  FilterDescriptor *w;
  ConvolutionDescriptor *conv;

  bool tf32(int mathType) const { return !x->bf16() && mathType != FMA_MATH; }

  /** The only ordered algorithm for an input's gradient in strict F32 turns all three operands around, as cuDNN 9.24 says. */
  size_t workspace(const Algorithm &algorithm) const {
    if (direction == BACKWARD_DATA && algorithm.deterministic && !x->bf16() && !tf32(conv->mathType)) {
      return x->bytes() + y->bytes() + w->bytes() + 16;
    }
    size_t each = direction == BACKWARD_FILTER ? w->elements() : y->elements() / y->c;
    return algorithm.bytesEach * each;
  }

  ConvShape shape() const {
    return {x->n, x->h, x->w, x->c, y->h, y->w, y->c, w->h, w->w, conv->strideHeight, conv->strideWidth, conv->padHeight, conv->padWidth};
  }

  /** Holds the descriptors against each other. */
  int check() const {
    bool live = tensors.has(x) && tensors.has(y) && filters.has(w) && convolutions.has(conv);
    if (!live || !x->set() || !y->set() || !w->set() || !conv->set()) {
      return BAD_PARAM;
    }
    int height = outputSize(x->h, w->h, conv->padHeight, conv->strideHeight, conv->dilationHeight);
    int width = outputSize(x->w, w->w, conv->padWidth, conv->strideWidth, conv->dilationWidth);
    bool fits = y->n == x->n && y->c == w->k && w->c == x->c && y->h == height && y->w == width;
    if (!fits || x->type != y->type || x->type != w->type) {
      return BAD_PARAM;
    }
    bool supported = x->format == NHWC && y->format == NHWC && w->format == NHWC && conv->computeType == FLOAT &&
                     conv->crossCorrelation && conv->dilationHeight == 1 && conv->dilationWidth == 1 &&
                     (x->type == FLOAT || x->type == BFLOAT16);
    return supported ? SUCCESS : NOT_SUPPORTED;
  }

  const Algorithm *find(int number) const {
    for (const Algorithm &algorithm : ALGORITHMS[direction]) {
      if (algorithm.number == number && (algorithm.bf16 || !x->bf16())) {
        return &algorithm;
      }
    }
    return nullptr;
  }
};

/** The layout of cudnnConvolution*AlgoPerf_t. */
struct AlgoPerf {
  int algorithm, status;
  float time;
  size_t memory;
  int determinism, mathType;
  int reserved[3];
};

/** Fills `perf` best first: what works, then what does not, as the real one does. */
static void rank(const Problem &p, size_t limit, bool timed, int requested, int *returned, AlgoPerf *perf) {
  size_t boundless = SIZE_MAX - 4095;
  int offered = boundless <= limit ? SUCCESS : NOT_SUPPORTED;
  std::vector<AlgoPerf> ranked = {{BOUNDLESS[p.direction], offered, -1, boundless, true, DEFAULT_MATH, {}}};
  bool conversion = p.tf32(p.conv->mathType);
  for (const Algorithm &a : ALGORITHMS[p.direction]) {
    bool usable = (a.bf16 || !p.x->bf16()) && p.workspace(a) <= limit;
    bool tensorCores = p.x->bf16() ? p.x->c % 8 == 0 && p.y->c % 8 == 0 : conversion;
    int math = tensorCores ? TENSOR_OP_MATH : p.x->bf16() ? DEFAULT_MATH : FMA_MATH;
    float time = usable && timed ? 0.1f * (1 + ranked.size()) : -1;
    ranked.push_back({a.number, usable ? SUCCESS : NOT_SUPPORTED, time, p.workspace(a), a.deterministic, math, {}});
  }
  for (int number = 0; number < COUNT[p.direction]; number++) {
    if (std::none_of(ranked.begin(), ranked.end(), [&](const AlgoPerf &r) { return r.algorithm == number; })) {
      ranked.push_back({number, NOT_SUPPORTED, -1, 0, 0, DEFAULT_MATH, {}});
    }
  }
  std::stable_partition(ranked.begin(), ranked.end(), [](const AlgoPerf &r) { return r.status == SUCCESS; });
  *returned = std::min<int>(requested, ranked.size());
  std::copy_n(ranked.begin(), *returned, perf);
}

static int suggest(cudnnContext *handle, const Problem &p, int requested, int *returned, AlgoPerf *perf) {
  if (!handles.has(handle) || requested < 1 || !returned || !perf) {
    return BAD_PARAM;
  }
  int status = p.check();
  if (status == SUCCESS) {
    rank(p, SIZE_MAX, false, requested, returned, perf);
  }
  return status;
}

/** The operands of a call: what is read, and what is written. */
struct Operands {
  const void *x, *w, *y;
  void *workspace;
  size_t workspaceBytes;
};

static int checkMemory(const Problem &p, const Operands &at) {
  for (const void *operand : {at.x, at.w, at.y}) {
    if (!operand) {
      return BAD_PARAM;
    }
    if (reinterpret_cast<uintptr_t>(operand) % 16) {
      fprintf(stderr, "simulator: cudnn: the operand %p is not aligned to 16 bytes\n", operand);
      return BAD_PARAM_MISALIGNED_POINTER;
    }
  }
  bool there = sim::require(sim::onDevice(at.x, p.x->bytes()), "cudnn: x is not in device memory") &&
               sim::require(sim::onDevice(at.y, p.y->bytes()), "cudnn: y is not in device memory") &&
               sim::require(sim::onDevice(at.w, p.w->bytes()), "cudnn: the filter is not in device memory") &&
               sim::require(!at.workspaceBytes || sim::onDevice(at.workspace, at.workspaceBytes),
                            "cudnn: %zu bytes of workspace are not in device memory", at.workspaceBytes);
  return there ? SUCCESS : EXECUTION_FAILED;
}

static void *written(Direction direction, const Operands &at) {
  return const_cast<void *>(direction == FORWARD ? at.y : direction == BACKWARD_DATA ? at.x : at.w);
}

static size_t writtenElements(Direction direction, const ConvShape &s) {
  return direction == FORWARD ? s.outputLength() : direction == BACKWARD_DATA ? s.inputLength() : s.filterLength();
}

/** One convolution, owning all that it needs to run again and again. */
struct Work {
  Direction direction;
  ConvShape shape;
  Operands at;
  Storage storage;
  float alpha, beta;
  size_t workspaceNeeded;
  bool ordered;

  void operator()() const {
    static size_t calls = 0;
    size_t first = ordered ? 0 : ++calls * 7919;
    memset(at.workspace, 0xFF, workspaceNeeded);
    void *target = written(direction, at);
    size_t length = writtenElements(direction, shape);
    if (beta == 0) {
      memset(target, 0xFF, length * storage.bytes());
    }
    std::vector<float> sums = compute(first, length);
    for (size_t i = 0; i < length; i++) {
      writeNumber(target, i, sums[i], alpha, beta, storage);
    }
    memset(at.workspace, 0xFF, workspaceNeeded);
  }

  std::vector<float> compute(size_t first, size_t length) const {
    std::vector<float> sums(length), x, w, y;
    if (direction != BACKWARD_DATA) x = readNumbers(at.x, shape.inputLength(), storage);
    if (direction != BACKWARD_FILTER) w = readNumbers(at.w, shape.filterLength(), storage);
    if (direction != FORWARD) y = readNumbers(at.y, shape.outputLength(), storage);
    switch (direction) {
      case FORWARD: convForward(shape, x.data(), w.data(), sums.data(), first); break;
      case BACKWARD_DATA: convBackwardData(shape, y.data(), w.data(), sums.data(), first); break;
      case BACKWARD_FILTER: convBackwardFilter(shape, x.data(), y.data(), sums.data(), first); break;
    }
    return sums;
  }
};

static int run(cudnnContext *handle, const Problem &p, int number, const Operands &at, const void *alpha, const void *beta) {
  if (!handles.has(handle) || !alpha || !beta) {
    return BAD_PARAM;
  }
  int status = p.check();
  if (status != SUCCESS) {
    return status;
  }
  const Algorithm *algorithm = p.find(number);
  if (!algorithm) {
    return NOT_SUPPORTED;
  }
  if (algorithm - ALGORITHMS[p.direction].data() < sim::optionNumber("DNN_REFUSES", 0)) {
    return static_cast<int>(sim::optionNumber("DNN_STATUS", NOT_SUPPORTED));
  }
  size_t needed = p.workspace(*algorithm);
  if (needed > at.workspaceBytes || (needed && !at.workspace)) {
    fprintf(stderr, "simulator: cudnn: the algorithm needs %zu bytes of workspace and was given %zu\n", needed, at.workspaceBytes);
    return BAD_PARAM;
  }
  status = checkMemory(p, at);
  if (status != SUCCESS) {
    return status;
  }
  Storage storage{p.x->bf16(), p.tf32(p.conv->mathType)};
  sim::count("convolutions");
  Work work{p.direction, p.shape(), at, storage, *static_cast<const float *>(alpha), *static_cast<const float *>(beta), needed,
            algorithm->deterministic};
  return sim::enqueue(handle->stream, "cudnn convolution", work) == CUDA_SUCCESS ? SUCCESS : EXECUTION_FAILED;
}

// Of the simulator's driver.
SIM_API CUresult cuStreamCreate(CUstream *made, unsigned flags);
SIM_API CUresult cuStreamDestroy_v2(CUstream stream);

/**
 * Tries algorithms out, as far as this is visible from outside: it leaves garbage in output and workspace, at once, whatever the
 * handle's stream still has to do.
 */
static int search(cudnnContext *handle, const Problem &p, const Operands &at, int requested, int *returned, AlgoPerf *perf) {
  if (!handles.has(handle) || requested < 1 || !returned || !perf) {
    return BAD_PARAM;
  }
  int status = p.check();
  if (status != SUCCESS) {
    return status;
  }
  if (sim::refuseInCapture("cudnnFindConvolution*AlgorithmEx") != CUDA_SUCCESS) {
    return EXECUTION_FAILED;
  }
  status = checkMemory(p, at);
  if (status != SUCCESS) {
    return status;
  }
  sim::count("algorithm_searches");
  size_t bytes = writtenElements(p.direction, p.shape()) * (p.x->bf16() ? 2 : 4);
  void *target = written(p.direction, at);
  CUstream own;
  if (cuStreamCreate(&own, CU_STREAM_NON_BLOCKING) != CUDA_SUCCESS) {
    return EXECUTION_FAILED;
  }
  sim::enqueue(own, "cudnn algorithm search", [at, target, bytes] {
    memset(target, 0xFF, bytes);
    memset(at.workspace, 0xFF, at.workspaceBytes);
  });
  CUresult searched = sim::synchronize(own);
  cuStreamDestroy_v2(own);
  if (searched != CUDA_SUCCESS) {
    return EXECUTION_FAILED;
  }
  rank(p, at.workspaceBytes, true, requested, returned, perf);
  return SUCCESS;
}

using Handle = cudnnContext *;
using Tensor = TensorDescriptor *;
using Filter = FilterDescriptor *;
using Conv = ConvolutionDescriptor *;

SIM_API int cudnnGetConvolutionForwardAlgorithm_v7(Handle handle, Tensor x, Filter w, Conv conv, Tensor y, int requested, int *returned,
                                                   AlgoPerf *perf) {
  return suggest(handle, {FORWARD, x, y, w, conv}, requested, returned, perf);
}

SIM_API int cudnnGetConvolutionBackwardDataAlgorithm_v7(Handle handle, Filter w, Tensor dy, Conv conv, Tensor dx, int requested,
                                                        int *returned, AlgoPerf *perf) {
  return suggest(handle, {BACKWARD_DATA, dx, dy, w, conv}, requested, returned, perf);
}

SIM_API int cudnnGetConvolutionBackwardFilterAlgorithm_v7(Handle handle, Tensor x, Tensor dy, Conv conv, Filter dw, int requested,
                                                          int *returned, AlgoPerf *perf) {
  return suggest(handle, {BACKWARD_FILTER, x, dy, dw, conv}, requested, returned, perf);
}

SIM_API int cudnnFindConvolutionForwardAlgorithmEx(Handle handle, Tensor xDesc, const void *x, Filter wDesc, const void *w, Conv conv,
                                                   Tensor yDesc, void *y, int requested, int *returned, AlgoPerf *perf, void *workspace,
                                                   size_t bytes) {
  return search(handle, {FORWARD, xDesc, yDesc, wDesc, conv}, {x, w, y, workspace, bytes}, requested, returned, perf);
}

SIM_API int cudnnFindConvolutionBackwardDataAlgorithmEx(Handle handle, Filter wDesc, const void *w, Tensor dyDesc, const void *dy,
                                                        Conv conv, Tensor dxDesc, void *dx, int requested, int *returned, AlgoPerf *perf,
                                                        void *workspace, size_t bytes) {
  return search(handle, {BACKWARD_DATA, dxDesc, dyDesc, wDesc, conv}, {dx, w, dy, workspace, bytes}, requested, returned, perf);
}

SIM_API int cudnnFindConvolutionBackwardFilterAlgorithmEx(Handle handle, Tensor xDesc, const void *x, Tensor dyDesc, const void *dy,
                                                          Conv conv, Filter dwDesc, void *dw, int requested, int *returned,
                                                          AlgoPerf *perf, void *workspace, size_t bytes) {
  return search(handle, {BACKWARD_FILTER, xDesc, dyDesc, dwDesc, conv}, {x, dw, dy, workspace, bytes}, requested, returned, perf);
}

SIM_API int cudnnConvolutionForward(Handle handle, const void *alpha, Tensor xDesc, const void *x, Filter wDesc, const void *w, Conv conv,
                                    int algorithm, void *workspace, size_t bytes, const void *beta, Tensor yDesc, void *y) {
  return run(handle, {FORWARD, xDesc, yDesc, wDesc, conv}, algorithm, {x, w, y, workspace, bytes}, alpha, beta);
}

SIM_API int cudnnConvolutionBackwardData(Handle handle, const void *alpha, Filter wDesc, const void *w, Tensor dyDesc, const void *dy,
                                         Conv conv, int algorithm, void *workspace, size_t bytes, const void *beta, Tensor dxDesc,
                                         void *dx) {
  return run(handle, {BACKWARD_DATA, dxDesc, dyDesc, wDesc, conv}, algorithm, {dx, w, dy, workspace, bytes}, alpha, beta);
}

SIM_API int cudnnConvolutionBackwardFilter(Handle handle, const void *alpha, Tensor xDesc, const void *x, Tensor dyDesc, const void *dy,
                                           Conv conv, int algorithm, void *workspace, size_t bytes, const void *beta, Filter dwDesc,
                                           void *dw) {
  return run(handle, {BACKWARD_FILTER, xDesc, dyDesc, dwDesc, conv}, algorithm, {x, dw, dy, workspace, bytes}, alpha, beta);
}
