// What a compiled kernel file and the simulator's libcuda know of each other. Seen by both compilers, so it includes nothing.
#pragma once

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  unsigned x, y, z;
};

/** A block on its way. Its threads are numbered as the hardware does: x fastest, then y, then z. */
struct SimBlock {
  const unsigned *order;  // the order in which its threads start
  const uint3 *places;    // threadIdx by number
  unsigned threads;
  unsigned started;
  unsigned left;     // threads that have not returned yet
  unsigned current;  // the thread that runs
  unsigned waiting;  // threads that wait for lanes of their warp
  unsigned live[32];  // by warp: the lanes that have not returned yet
};

/** What kernels call while they run. Bound when the module is loaded. */
struct SimRuntime {
  void (*barrier)(const char *file, int line);
  /** Gives this lane the value of lane `source`; `kind` and `mask` must agree in all lanes that take part. */
  unsigned long long (*exchange)(unsigned mask, int kind, unsigned long long value, int source, const char *file, int line);
  void (*returned)();  // a thread returned while others of the block wait in their warps
  void (*access)(const void *address, unsigned long bytes, int kind);  // with the option CHECK: before each access
};

enum { SIM_SHUFFLE, SIM_BALLOT, SIM_SYNC_WARP };
enum { SIM_READ, SIM_WRITE, SIM_ATOMIC, SIM_MISALIGNED };

struct SimParameter {
  unsigned bytes, alignment;
  bool pointer;
};

struct SimShared {
  void *start;
  unsigned long bytes;
};

struct SimKernel {
  const char *name;
  void (*run)(void **arguments, SimBlock *block);  // runs threads until none is left to start
  const SimParameter *parameters;
  int parameterCount;
  int maxThreads;
  const SimShared *shared;  // ends with a null start
};

/** A kernel file's one exported symbol, sim_module. */
struct SimModule {
  int arch;
  const SimKernel *kernels;
  int kernelCount;
  const SimRuntime **runtime;
  uint3 *threadIdx, *blockIdx;
  dim3 *blockDim, *gridDim;
};
