// Softmax and what is built on it, over the rows of x: [rows, classes].
//
// A row is shared by `lanes` neighbours of a warp, so that a warp has 32 / lanes rows at a time. All
// lanes of a warp make the same rounds, since they exchange values.
#include "common.cuh"

struct Rows {
  long long count;
  int classes;
  int lanes;    // threads for a row: 2^laneBits
  int laneBits;
};

/** A thread's row, its first class, and whether the row exists. */
struct Share {
  long long row;
  int first;
  bool exists;
};

__device__ Share shareOf(const Rows &rows, long long thread) {
  long long row = thread >> rows.laneBits;
  return {row, static_cast<int>(thread) & (rows.lanes - 1), row < rows.count};
}

/** Whether the warp of this thread still has a row. */
__device__ bool isWarpBusy(const Rows &rows, long long thread) {
  return (thread & -WARP) >> rows.laneBits < rows.count;
}

template <typename Op>
__device__ float combine(float value, int lanes) {
  for (int step = lanes / 2; step > 0; step /= 2) {
    value = Op::combine(value, __shfl_xor_sync(FULL_WARP, value, step));
  }
  return value;
}

/** The largest logit of a row, and the sum of the exponentials of what all lie above it. */
struct Exponentials {
  float largest;
  float sum;
  /** Infinite with the largest logit, as the limit is. */
  __device__ float log() const { return largest + logf(sum); }
  __device__ float softmax(float x) const { return expf(x - largest) / sum; }
};

template <typename T>
__device__ Exponentials exponentials(const Rows &rows, const Share &at, const T *x) {
  float largest = Max::neutral();
  for (int k = at.first; at.exists && k < rows.classes; k += rows.lanes) {
    largest = maxOrNan(largest, load(x, at.row * rows.classes + k));
  }
  largest = combine<Max>(largest, rows.lanes);
  float sum = 0.0f;
  for (int k = at.first; at.exists && k < rows.classes; k += rows.lanes) {
    sum += expf(load(x, at.row * rows.classes + k) - largest);
  }
  sum = combine<Sum>(sum, rows.lanes);
  return {largest, isinf(largest) ? 1.0f : sum};
}

template <typename T>
__device__ void logSumExp(const Rows &rows, const T *x, T *y) {
  for (long long i = gridStart(); isWarpBusy(rows, i); i += gridStep()) {
    Share at = shareOf(rows, i);
    Exponentials row = exponentials(rows, at, x);
    if (at.exists && at.first == 0) {
      store(y, at.row, row.log());
    }
  }
}

template <typename T>
__device__ void softmax(const Rows &rows, const T *x, T *y) {
  for (long long i = gridStart(); isWarpBusy(rows, i); i += gridStep()) {
    Share at = shareOf(rows, i);
    Exponentials row = exponentials(rows, at, x);
    for (int k = at.first; at.exists && k < rows.classes; k += rows.lanes) {
      store(y, at.row * rows.classes + k, row.softmax(load(x, at.row * rows.classes + k)));
    }
  }
}

/** dx = y (dy - sum(y dy)). */
template <typename T>
__device__ void softmaxBackward(const Rows &rows, const T *y, const T *dy, T *dx) {
  for (long long i = gridStart(); isWarpBusy(rows, i); i += gridStep()) {
    Share at = shareOf(rows, i);
    long long start = at.row * rows.classes;
    float product = 0.0f;
    for (int k = at.first; at.exists && k < rows.classes; k += rows.lanes) {
      product += load(y, start + k) * load(dy, start + k);
    }
    product = combine<Sum>(product, rows.lanes);
    for (int k = at.first; at.exists && k < rows.classes; k += rows.lanes) {
      store(dx, start + k, load(y, start + k) * (load(dy, start + k) - product));
    }
  }
}

__device__ float sigmoid(float x) {
  float e = expf(-fabsf(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

__device__ float softplus(float x) {
  float above = x < 0.0f ? 0.0f : x; // x itself if it is NaN
  return above + log1pf(expf(-fabsf(x)));
}

#define REAL (-1)
#define FAKE (-2)

/** dloss: of the row's loss by L = logsumexp; a class's own logit counts besides. */
__device__ float semiSupervisedLoss(
    const Exponentials &row, int target, float targetLogit, float &dloss) {
  float l = row.log();
  switch (target) {
    case REAL:
      dloss = -sigmoid(-l);
      return softplus(-l);
    case FAKE:
      dloss = sigmoid(l);
      return softplus(l);
    default:
      dloss = 1.0f;
      // However large the logits are, their distance is small.
      return row.largest - targetLogit + logf(row.sum);
  }
}

template <typename T>
__device__ void semiSupervised(
    const Rows &rows, const T *logits, const int *targets, float *losses, T *dlogits) {
  for (long long i = gridStart(); isWarpBusy(rows, i); i += gridStep()) {
    Share at = shareOf(rows, i);
    Exponentials row = exponentials(rows, at, logits);
    if (!at.exists) {
      continue;
    }
    long long start = at.row * rows.classes;
    int target = targets[at.row];
    float targetLogit = target < 0 ? 0.0f : load(logits, start + target);
    float dloss;
    float loss = semiSupervisedLoss(row, target, targetLogit, dloss);
    if (at.first == 0) {
      losses[at.row] = loss;
    }
    for (int k = at.first; k < rows.classes; k += rows.lanes) {
      float share = row.softmax(load(logits, start + k));
      store(dlogits, start + k, dloss * share - (k == target ? 1.0f : 0.0f));
    }
  }
}

extern "C" __global__ void log_sum_exp_f32(Rows rows, const float *x, float *y) {
  logSumExp(rows, x, y);
}

extern "C" __global__ void log_sum_exp_bf16(Rows rows, const bf16 *x, bf16 *y) {
  logSumExp(rows, x, y);
}

extern "C" __global__ void softmax_f32(Rows rows, const float *x, float *y) { softmax(rows, x, y); }

extern "C" __global__ void softmax_bf16(Rows rows, const bf16 *x, bf16 *y) { softmax(rows, x, y); }

extern "C" __global__ void softmax_backward_f32(
    Rows rows, const float *y, const float *dy, float *dx) {
  softmaxBackward(rows, y, dy, dx);
}

extern "C" __global__ void softmax_backward_bf16(
    Rows rows, const bf16 *y, const bf16 *dy, bf16 *dx) {
  softmaxBackward(rows, y, dy, dx);
}

extern "C" __global__ void semi_supervised_f32(
    Rows rows, const float *logits, const int *targets, float *losses, float *dlogits) {
  semiSupervised(rows, logits, targets, losses, dlogits);
}

extern "C" __global__ void semi_supervised_bf16(
    Rows rows, const bf16 *logits, const int *targets, float *losses, bf16 *dlogits) {
  semiSupervised(rows, logits, targets, losses, dlogits);
}
