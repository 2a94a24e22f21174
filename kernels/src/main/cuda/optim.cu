// Optimisers: one launch updates the parameters of a whole network, each a slot of a table.
#include "common.cuh"

#define SLOTS 60
#define TENSORS 6
#define CHUNK 2048 // elements that a block takes

#define CLOCK_STEP 0
#define CLOCK_RATE 1

/** Tensors of one length that are updated together. What they are is up to the kernel. */
struct Slot {
  void *tensors[TENSORS];
  long long length;
  int firstChunk; // the slot's elements are chunks firstChunk, firstChunk + 1, ...
  int narrow;     // bit i: tensors[i] is BF16
};

struct Slots {
  Slot slots[SLOTS];
  int count;
};

/** Elements of one slot, which the threads of a block share: four each, and again. */
struct Chunk {
  const Slot *slot;
  long long at;
  long long end;
  __device__ bool goesOn() const { return at < end; }
  __device__ void next() { at += 4LL * blockDim.x; }

  __device__ void load(int tensor, float (&values)[4]) const {
    if (slot->narrow >> tensor & 1) {
      loadFour(static_cast<const bf16 *>(slot->tensors[tensor]), at, slot->length, values);
    } else {
      loadFour(static_cast<const float *>(slot->tensors[tensor]), at, slot->length, values);
    }
  }

  __device__ void store(int tensor, const float (&values)[4]) const {
    if (slot->narrow >> tensor & 1) {
      storeFour(static_cast<bf16 *>(slot->tensors[tensor]), at, slot->length, values);
    } else {
      storeFour(static_cast<float *>(slot->tensors[tensor]), at, slot->length, values);
    }
  }
};

/** The chunk of this block. The slot that holds it is found by bisection. */
__device__ __forceinline__ Chunk chunkOf(const Slots &table) {
  int chunk = static_cast<int>(blockIdx.x);
  int low = 0;
  int high = table.count;
  while (high - low > 1) {
    int middle = (low + high) / 2;
    (table.slots[middle].firstChunk <= chunk ? low : high) = middle;
  }
  const Slot *slot = &table.slots[low];
  long long from = static_cast<long long>(chunk - slot->firstChunk) * CHUNK;
  return {slot, from + 4LL * threadIdx.x, min(from + CHUNK, slot->length)};
}

struct AdamSettings {
  float beta1;
  float beta2;
  float lnBeta1;
  float lnBeta2;
  float insideRoot;  // epsilon, or 0
  float outsideRoot; // 0, or epsilon
};

/** 1 - beta^steps, exact also where the power is near 1. */
__device__ float correction(float lnBeta, float steps) { return -expm1f(steps * lnBeta); }

/** The share of the newest value in an average, larger while the average is young. */
__device__ float averagingRate(const float *clock) {
  return fmaxf(clock[CLOCK_RATE], 9.0f / (9.0f + clock[CLOCK_STEP]));
}

__device__ void approach(const Chunk &chunk, int tensor, float rate, const float (&x)[4]) {
  float a[4];
  chunk.load(tensor, a);
  for (int k = 0; k < 4; k++) {
    a[k] += rate * (x[k] - a[k]);
  }
  chunk.store(tensor, a);
}

/**
 * Slots of parameter, gradient, first moment, second moment, and a copy and an average of the
 * parameter, or null.
 */
extern "C" __global__ void adam(
    Slots table, AdamSettings settings, const float *clock, const float *averaging) {
  float rate = clock[CLOCK_RATE] / correction(settings.lnBeta1, clock[CLOCK_STEP]);
  float scale = 1.0f / correction(settings.lnBeta2, clock[CLOCK_STEP]);
  for (Chunk chunk = chunkOf(table); chunk.goesOn(); chunk.next()) {
    float p[4], g[4], m[4], v[4];
    chunk.load(0, p);
    chunk.load(1, g);
    chunk.load(2, m);
    chunk.load(3, v);
    for (int k = 0; k < 4; k++) {
      m[k] = settings.beta1 * m[k] + (1.0f - settings.beta1) * g[k];
      v[k] = settings.beta2 * v[k] + (1.0f - settings.beta2) * g[k] * g[k];
      float root = sqrtf(v[k] * scale + settings.insideRoot);
      p[k] -= rate * m[k] / (root + settings.outsideRoot);
    }
    chunk.store(0, p);
    chunk.store(2, m);
    chunk.store(3, v);
    if (chunk.slot->tensors[4] != nullptr) {
      chunk.store(4, p);
    }
    if (chunk.slot->tensors[5] != nullptr) {
      approach(chunk, 5, averagingRate(averaging), p);
    }
  }
}

/** Slots of parameter, gradient and velocity. */
extern "C" __global__ void sgd(Slots table, float momentum, const float *clock) {
  float rate = clock[CLOCK_RATE];
  for (Chunk chunk = chunkOf(table); chunk.goesOn(); chunk.next()) {
    float p[4], g[4], v[4];
    chunk.load(0, p);
    chunk.load(1, g);
    chunk.load(2, v);
    for (int k = 0; k < 4; k++) {
      v[k] = momentum * v[k] + g[k];
      p[k] -= rate * v[k];
    }
    chunk.store(0, p);
    chunk.store(2, v);
  }
}

__device__ void average(const Slots &table, float rate) {
  for (Chunk chunk = chunkOf(table); chunk.goesOn(); chunk.next()) {
    float x[4];
    chunk.load(1, x);
    approach(chunk, 0, rate, x);
  }
}

/** Slots of average and value. */
extern "C" __global__ void average_at_rate(Slots table, float rate) { average(table, rate); }

extern "C" __global__ void average_at_clock(Slots table, const float *clock) {
  average(table, averagingRate(clock));
}

/** Slots of one gradient: the sum of squares of each chunk. */
extern "C" __global__ void sum_squares(Slots table, float *sums) {
  float sum = 0.0f;
  for (Chunk chunk = chunkOf(table); chunk.goesOn(); chunk.next()) {
    float g[4];
    chunk.load(0, g);
    for (int k = 0; k < 4; k++) {
      sum += g[k] * g[k];
    }
  }
  sum = blockSum(sum);
  if (threadIdx.x == 0) {
    sums[blockIdx.x] = sum;
  }
}

/** The root of the sum of all; one block. */
extern "C" __global__ void norm_of_sums(long long count, const float *sums, float *norm) {
  float sum = 0.0f;
  for (long long i = threadIdx.x; i < count; i += blockDim.x) {
    sum += sums[i];
  }
  sum = blockSum(sum);
  if (threadIdx.x == 0) {
    norm[0] = sqrtf(sum);
  }
}

/** Slots of one gradient, scaled by min(1, limit / norm). */
extern "C" __global__ void scale_to_norm(Slots table, float limit, const float *norm) {
  float factor = limit / norm[0];
  if (factor >= 1.0f) {
    return;
  }
  for (Chunk chunk = chunkOf(table); chunk.goesOn(); chunk.next()) {
    float g[4];
    chunk.load(0, g);
    for (int k = 0; k < 4; k++) {
      g[k] *= factor;
    }
    chunk.store(0, g);
  }
}

/** Counts a step. */
extern "C" __global__ void advance_clock(float *clock) {
  if (gridStart() == 0) {
    clock[CLOCK_STEP] += 1.0f;
  }
}
