// The stand-in for libcublas.so.12: matrix products on the CPU. Strict where cuBLAS is, and where cuBLAS may do one of several things it
// does the one that a caller is likelier to have forgotten:
// - a handle without a workspace of its own allocates one, so that its products invalidate a capture;
// - cublasSetStream takes the workspace away again, as documented;
// - the workspace is filled with NaN by every product, and so is the result before it is computed;
// - BF16 sums are rounded half way, unless the math mode forbids it.
#include <algorithm>
#include <cstdio>

#include "living.h"
#include "numbers.h"

enum BlasStatus {
  SUCCESS = 0,
  NOT_INITIALIZED = 1,
  ALLOC_FAILED = 3,
  INVALID_VALUE = 7,
  EXECUTION_FAILED = 13,
  NOT_SUPPORTED = 15,
};
enum { R_32F = 0, R_16BF = 14 };
enum { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_FAST_TF32 = 77 };
enum { DEFAULT_MATH = 0, PEDANTIC_MATH = 2, TF32_MATH = 3, MODES = 15, DISALLOW_REDUCED_PRECISION_REDUCTION = 16 };
enum { OP_N = 0, OP_T = 1 };
enum { ALGO_DEFAULT = -1, ALGO_LAST = 23, ALGO_DEFAULT_TENSOR_OP = 99, ALGO_LAST_TENSOR_OP = 115 };

struct cublasContext {
  CUstream stream = nullptr;
  void *workspace = nullptr;
  size_t workspaceBytes = 0;
  int mathMode = DEFAULT_MATH;
};

static Living<cublasContext> &handles = *new Living<cublasContext>("cublas_handles");

/** An operand, column-major. */
struct Matrix {
  const void *data;
  int rows, columns, leading;
  Storage storage;

  size_t bytes() const { return (size_t(leading) * (columns - 1) + rows) * storage.bytes(); }
};

/** [rows, columns] of op(m), column-major and dense; `turn` for row-major. */
static std::vector<float> pack(const Matrix &m, bool turn) {
  std::vector<float> packed(size_t(m.rows) * m.columns);
  for (int column = 0; column < m.columns; column++) {
    for (int row = 0; row < m.rows; row++) {
      size_t at = turn ? size_t(row) * m.columns + column : size_t(column) * m.rows + row;
      packed[at] = readNumber(m.data, size_t(column) * m.leading + row, m.storage);
    }
  }
  return packed;
}

/** c[m, n] += a[m, k] b[k, n], all column-major and dense, over the terms from `from` to `to`. */
HOT static void addProduct(int m, int n, int k, int from, int to, const float *a, const float *b, float *c) {
  for (int column = 0; column < n; column++) {
    for (int term = from; term < to; term++) {
      addScaled(c + size_t(column) * m, b[size_t(column) * k + term], a + size_t(term) * m, m);
    }
  }
}

/** c[m, n] += a'[k, m] b[k, n] for few rows: both sums run along the columns. */
HOT static void addProductOfFewRows(int m, int n, int k, int from, int to, const float *a, const float *b, float *c) {
  for (int column = 0; column < n; column++) {
    for (int row = 0; row < m; row++) {
      c[size_t(column) * m + row] += dotProduct(a + size_t(row) * k + from, b + size_t(column) * k + from, to - from);
    }
  }
}

/** One product, owning all that it needs to run again and again. */
struct Product {
  Matrix a, b, c;
  bool turnA, turnB, roundHalfWay;
  int m, n, k;
  float alpha, beta;
  void *workspace;
  size_t workspaceBytes;

  void operator()() const {
    memset(workspace, 0xFF, workspaceBytes);
    std::vector<float> sums = compute();
    for (int column = 0; column < n; column++) {
      for (int row = 0; row < m; row++) {
        size_t at = size_t(column) * c.leading + row;
        writeNumber(const_cast<void *>(c.data), at, sums[size_t(column) * m + row], alpha, beta, c.storage);
      }
    }
  }

  std::vector<float> compute() const {
    bool fewRows = m < 16;
    std::vector<float> left = pack(a, turnA != fewRows), right = pack(b, turnB);
    if (beta == 0) {
      poison();
    }
    auto add = fewRows ? addProductOfFewRows : addProduct;
    std::vector<float> sums(size_t(m) * n);
    int half = roundHalfWay ? k / 2 : 0;
    add(m, n, k, 0, half, left.data(), right.data(), sums.data());
    if (roundHalfWay) {
      for (float &sum : sums) {
        sum = sim::bf16ToFloat(sim::floatToBf16(sum));
      }
    }
    add(m, n, k, half, k, left.data(), right.data(), sums.data());
    return sums;
  }

  /** Operands that overlap the result turn to NaN, were they not read before. */
  void poison() const {
    for (int column = 0; column < n; column++) {
      char *start = static_cast<char *>(const_cast<void *>(c.data)) + size_t(column) * c.leading * c.storage.bytes();
      memset(start, 0xFF, m * c.storage.bytes());
    }
  }
};

static int defaultWorkspace(cublasContext *handle) {
  if (!handle->workspace && sim::refuseInCapture("cuBLAS's allocation of its default workspace") != CUDA_SUCCESS) {
    return ALLOC_FAILED;
  }
  return SUCCESS;
}

static bool checkMemory(const Product &p) {
  return sim::require(sim::onDevice(p.a.data, p.a.bytes()), "cublas: A is not in device memory") &&
         sim::require(sim::onDevice(p.b.data, p.b.bytes()), "cublas: B is not in device memory") &&
         sim::require(sim::onDevice(p.c.data, p.c.bytes()), "cublas: C is not in device memory") &&
         sim::require(!p.workspaceBytes || sim::onDevice(p.workspace, p.workspaceBytes), "cublas: the workspace is not in device memory");
}

static bool supported(int aType, int bType, int cType, int computeType) {
  bool types = aType == bType && ((aType == R_32F && cType == R_32F) || (aType == R_16BF && (cType == R_16BF || cType == R_32F)));
  bool compute = computeType == COMPUTE_32F || computeType == COMPUTE_32F_PEDANTIC || (computeType == COMPUTE_32F_FAST_TF32 && aType == R_32F);
  return types && compute;
}

SIM_API int cublasGemmEx(cublasContext *handle, int opA, int opB, int m, int n, int k, const void *alpha, const void *A, int aType, int lda,
                         const void *B, int bType, int ldb, const void *beta, void *C, int cType, int ldc, int computeType, int algo) {
  if (!handles.has(handle)) {
    return NOT_INITIALIZED;
  }
  bool ops = (opA == OP_N || opA == OP_T) && (opB == OP_N || opB == OP_T);
  bool sizes = m >= 0 && n >= 0 && k >= 0 && lda >= std::max(1, opA == OP_N ? m : k) && ldb >= std::max(1, opB == OP_N ? k : n) &&
               ldc >= std::max(1, m);
  bool algorithm = (algo >= ALGO_DEFAULT && algo <= ALGO_LAST) || (algo >= ALGO_DEFAULT_TENSOR_OP && algo <= ALGO_LAST_TENSOR_OP);
  if (!ops || !sizes || !algorithm || !alpha || !beta) {
    return INVALID_VALUE;
  }
  if (!supported(aType, bType, cType, computeType)) {
    return NOT_SUPPORTED;
  }
  if (m == 0 || n == 0) {
    return SUCCESS;
  }
  int status = defaultWorkspace(handle);
  if (status != SUCCESS) {
    return status;
  }
  bool bf16 = aType == R_16BF;
  int mode = handle->mathMode & MODES;
  bool tf32 = !bf16 && mode != PEDANTIC_MATH && computeType != COMPUTE_32F_PEDANTIC && (mode == TF32_MATH || computeType == COMPUTE_32F_FAST_TF32);
  bool reduced = bf16 && mode != PEDANTIC_MATH && !(handle->mathMode & DISALLOW_REDUCED_PRECISION_REDUCTION) && k >= 64;
  Matrix a{A, opA == OP_N ? m : k, opA == OP_N ? k : m, lda, {bf16, tf32}};
  Matrix b{B, opB == OP_N ? k : n, opB == OP_N ? n : k, ldb, {bf16, tf32}};
  Matrix c{C, m, n, ldc, {cType == R_16BF, false}};
  Product product{a, b, c, opA == OP_T, opB == OP_T, reduced, m, n, k, *static_cast<const float *>(alpha), *static_cast<const float *>(beta),
                  handle->workspace, handle->workspaceBytes};
  if (!checkMemory(product)) {
    return EXECUTION_FAILED;
  }
  sim::count("products");
  return sim::enqueue(handle->stream, "cublasGemmEx", product) == CUDA_SUCCESS ? SUCCESS : EXECUTION_FAILED;
}

SIM_API int cublasCreate_v2(cublasContext **handle) {
  if (!handle) {
    return INVALID_VALUE;
  }
  if (sim::lost() != CUDA_SUCCESS) {
    return NOT_INITIALIZED;
  }
  if (sim::refuseInCapture("cublasCreate") != CUDA_SUCCESS) {
    return ALLOC_FAILED;
  }
  *handle = handles.add();
  return SUCCESS;
}

SIM_API int cublasDestroy_v2(cublasContext *handle) {
  return handles.remove(handle) ? SUCCESS : NOT_INITIALIZED;
}

SIM_API int cublasGetVersion_v2(cublasContext *handle, int *version) {
  if (!version) {
    return INVALID_VALUE;
  }
  *version = 120603;
  return handles.has(handle) ? SUCCESS : NOT_INITIALIZED;
}

/** Major, minor and patch of the same version. */
SIM_API int cublasGetProperty(int which, int *value) {
  constexpr int parts[] = {12, 6, 3};
  if (!value || which < 0 || which > 2) {
    return INVALID_VALUE;
  }
  *value = parts[which];
  return SUCCESS;
}

SIM_API int cublasSetStream_v2(cublasContext *handle, CUstream stream) {
  if (!handles.has(handle)) {
    return NOT_INITIALIZED;
  }
  handle->stream = stream;
  handle->workspace = nullptr;
  handle->workspaceBytes = 0;
  return SUCCESS;
}

SIM_API int cublasSetWorkspace_v2(cublasContext *handle, void *workspace, size_t bytes) {
  if (!handles.has(handle)) {
    return NOT_INITIALIZED;
  }
  if (reinterpret_cast<uintptr_t>(workspace) % 256) {
    return INVALID_VALUE;
  }
  handle->workspace = workspace;
  handle->workspaceBytes = bytes;
  return SUCCESS;
}

SIM_API int cublasSetMathMode(cublasContext *handle, int mode) {
  if (!handles.has(handle)) {
    return NOT_INITIALIZED;
  }
  int base = mode & MODES;
  if ((base != DEFAULT_MATH && base != PEDANTIC_MATH && base != TF32_MATH) || (mode & ~(MODES | DISALLOW_REDUCED_PRECISION_REDUCTION))) {
    return INVALID_VALUE;
  }
  handle->mathMode = mode;
  return SUCCESS;
}

SIM_API const char *cublasGetStatusName(int status) {
  switch (status) {
    case SUCCESS: return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case ALLOC_FAILED: return "CUBLAS_STATUS_ALLOC_FAILED";
    case INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
    case EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "CUBLAS_STATUS_UNKNOWN";
  }
}

SIM_API const char *cublasGetStatusString(int status) {
  return status == SUCCESS ? "success" : "the simulator's messages, on stderr, may say more";
}
