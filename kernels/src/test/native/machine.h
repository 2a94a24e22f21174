// The one block that runs, and what its threads do to each other.
#pragma once
#include <cstdint>
#include <random>

#include "block.h"
#include "driver.h"
#include "fiber.h"

namespace sim {

constexpr unsigned WARP = 32, MOST_THREADS = 1024;

/** What a thread that waits keeps. */
struct Waiting {
  Fiber *fiber;
  unsigned mask;
  int kind, source, line;
  unsigned long long value;  // what it brings, then what it gets
};

/** The one block that runs. */
struct Machine {
  const SimModule *module = nullptr;
  const SimKernel *kernel = nullptr;
  void **arguments = nullptr;
  SimBlock block{};
  uint3 shape{};  // of the block that `places` is for
  uint3 places[MOST_THREADS];
  unsigned order[MOST_THREADS];
  Waiting waits[MOST_THREADS];
  unsigned arrived[MOST_THREADS / WARP];  // by warp: lanes that wait for others of it
  unsigned ready[MOST_THREADS], readyFrom = 0, readyTo = 0;
  unsigned atBarrier[MOST_THREADS], atBarrierCount = 0;
  const char *barrierFile = "";
  int barrierLine = 0;
  FiberContext home;
  Fiber *running = nullptr;
  Fiber fibers[MOST_THREADS];
  Fiber *idle[MOST_THREADS];
  unsigned idleCount = 0, fibersUsed = 0;
  std::mt19937 random;
  bool shuffled = false;
  bool unfair = false;  // warps run one after the other, each as far as it can
  // for accesses that are checked
  uint32_t launches = 0, blocks = 0, barriers = 0, warpSyncs[MOST_THREADS / WARP];
  bool atomics = false;
};

extern Machine &machine;

// grid.cpp

/** Ends the launch with a message that names kernel, block and thread. */
[[noreturn]] void blame(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** As blame, with another status than that of a kernel that failed. */
[[noreturn]] void blame(CUresult status, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Lets others run until this thread is made ready. */
void wait();
void makeReady(unsigned thread);

// warp.cpp

unsigned long long exchange(unsigned mask, int kind, unsigned long long value, int source, const char *file, int line);
/** A lane that returned is waited for no more. */
void returned();

// race.cpp

void access(const void *address, unsigned long bytes, int kind);

}  // namespace sim
