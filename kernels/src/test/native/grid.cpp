#include "grid.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include "machine.h"
#include "sim.h"

namespace sim {

Machine &machine = *new Machine;

[[noreturn]] static void blame(CUresult status, const char *format, va_list rest) {
  char text[512];
  vsnprintf(text, sizeof text, format, rest);
  uint3 block = *machine.module->blockIdx, thread = machine.places[machine.block.current];
  char where[160];
  snprintf(where, sizeof where, "kernel %s, block (%u,%u,%u), thread (%u,%u,%u): ", machine.kernel->name, block.x, block.y, block.z, thread.x, thread.y, thread.z);
  fault(status, std::string(where) + text);
}

void blame(const char *format, ...) {
  va_list rest;
  va_start(rest, format);
  blame(CUDA_ERROR_LAUNCH_FAILED, format, rest);
}

void blame(CUresult status, const char *format, ...) {
  va_list rest;
  va_start(rest, format);
  blame(status, format, rest);
}

static void fiberMain();

static Fiber *freshFiber() {
  if (machine.idleCount > 0) {
    return machine.idle[--machine.idleCount];
  }
  Fiber *fiber = &machine.fibers[machine.fibersUsed++];
  prepare(*fiber, fiberMain);
  return fiber;
}

static void enter(unsigned thread) {
  machine.block.current = thread;
  *machine.module->threadIdx = machine.places[thread];
  machine.running = machine.waits[thread].fiber;
}

/** Goes on with whatever thread can run; `from` is where this one can be found again. */
static void goOn(FiberContext &from) {
  if (machine.readyFrom < machine.readyTo) {
    enter(machine.ready[machine.readyFrom++]);
    switchTo(from, machine.running->context);
  } else if (machine.block.started < machine.block.threads) {
    machine.running = freshFiber();
    switchTo(from, machine.running->context);
  } else if (machine.block.left == 0) {
    machine.running = nullptr;
    switchTo(from, machine.home);
  } else {
    blame("deadlock: of %u threads %u wait at __syncthreads (%s:%d), %u for other lanes of their warp, and %u have returned",
          machine.block.threads, machine.atBarrierCount, machine.barrierFile, machine.barrierLine, machine.block.waiting,
          machine.block.threads - machine.block.left);
  }
}

static void fiberMain() {
  for (;;) {
    machine.kernel->run(machine.arguments, &machine.block);
    Fiber *self = machine.running;
    machine.idle[machine.idleCount++] = self;
    goOn(self->context);
  }
}

void wait() {
  Fiber *self = machine.running;
  machine.waits[machine.block.current].fiber = self;
  goOn(self->context);
}

void makeReady(unsigned thread) {
  if (machine.readyFrom == machine.readyTo) {
    machine.readyFrom = machine.readyTo = 0;
  } else if (machine.readyTo == MOST_THREADS) {
    machine.readyTo -= machine.readyFrom;
    memmove(machine.ready, machine.ready + machine.readyFrom, machine.readyTo * sizeof machine.ready[0]);
    machine.readyFrom = 0;
  }
  unsigned at = machine.readyTo++;
  if (machine.unfair) {
    // The newest goes on first: its warp overtakes all others.
    unsigned *first = machine.ready + machine.readyFrom;
    memmove(first + 1, first, (at - machine.readyFrom) * sizeof *first);
    at = machine.readyFrom;
  } else if (machine.shuffled) {
    unsigned other = machine.readyFrom + machine.random() % (at - machine.readyFrom + 1);
    machine.ready[at] = machine.ready[other];
    at = other;
  }
  machine.ready[at] = thread;
}

static void barrier(const char *file, int line) {
  if (machine.block.left < machine.block.threads) {
    blame("__syncthreads (%s:%d) after %u threads of the block have returned", file, line, machine.block.threads - machine.block.left);
  }
  if (machine.atBarrierCount > 0 && machine.barrierLine != line) {
    blame("__syncthreads at %s:%d while other threads of the block wait at the one in line %d", file, line, machine.barrierLine);
  }
  machine.barrierFile = file;
  machine.barrierLine = line;
  if (machine.atBarrierCount + 1 < machine.block.threads) {
    machine.atBarrier[machine.atBarrierCount++] = machine.block.current;
    wait();
    return;
  }
  for (unsigned i = 0; i < machine.atBarrierCount; i++) {
    makeReady(machine.atBarrier[i]);
  }
  machine.atBarrierCount = 0;
  machine.barriers++;
}

static void shapeBlock(dim3 block) {
  unsigned at = 0;
  for (unsigned z = 0; z < block.z; z++) {
    for (unsigned y = 0; y < block.y; y++) {
      for (unsigned x = 0; x < block.x; x++) {
        machine.places[at++] = {x, y, z};
      }
    }
  }
  std::iota(machine.order, machine.order + at, 0u);
  machine.block.threads = at;
  machine.block.order = machine.order;
  machine.block.places = machine.places;
}

/** Threads start warp by warp, the warps in the order of their first threads so far. */
static void keepWarpsTogether() {
  unsigned turn[MOST_THREADS / WARP], turns = 0;
  std::fill(turn, turn + MOST_THREADS / WARP, MOST_THREADS);
  for (unsigned i = 0; i < machine.block.threads; i++) {
    unsigned &mine = turn[machine.order[i] / WARP];
    mine = mine == MOST_THREADS ? turns++ : mine;
  }
  std::stable_sort(machine.order, machine.order + machine.block.threads, [&](unsigned a, unsigned b) { return turn[a / WARP] < turn[b / WARP]; });
}

static void runBlock() {
  SimBlock &block = machine.block;
  block.started = block.waiting = machine.atBarrierCount = machine.readyFrom = machine.readyTo = 0;
  block.left = block.threads;
  machine.blocks++;
  machine.barriers = 0;
  for (unsigned warp = 0; warp * WARP < block.threads; warp++) {
    unsigned lanes = block.threads - warp * WARP;
    block.live[warp] = lanes >= WARP ? ~0u : (1u << lanes) - 1;
    machine.arrived[warp] = machine.warpSyncs[warp] = 0;
  }
  for (const SimShared *shared = machine.kernel->shared; shared->start != nullptr; shared++) {
    memset(shared->start, 0xFF, shared->bytes);
  }
  machine.unfair = machine.shuffled && machine.random() % 2 != 0;
  if (machine.shuffled) {
    std::shuffle(machine.order, machine.order + block.threads, machine.random);
  }
  if (machine.unfair) {
    keepWarpsTogether();
  }
  machine.running = freshFiber();
  switchTo(machine.home, machine.running->context);
}

const SimRuntime runtime = {barrier, exchange, returned, access};

void runGrid(const SimModule &module, const SimKernel &kernel, dim3 grid, dim3 block, void **arguments) {
  machine.module = &module;
  machine.kernel = &kernel;
  machine.arguments = arguments;
  machine.idleCount = machine.fibersUsed = 0;  // what an earlier fault left on a stack is forgotten
  machine.launches++;
  machine.atomics = false;
  long seed = optionNumber("SHUFFLE", 0);
  machine.shuffled = seed != 0;
  machine.random.seed(static_cast<unsigned>(seed + machine.launches));
  *module.gridDim = grid;
  *module.blockDim = block;
  shapeBlock(block);
  size_t blocks = static_cast<size_t>(grid.x) * grid.y * grid.z;
  std::vector<unsigned> order;
  if (machine.shuffled) {
    order.resize(blocks);
    std::iota(order.begin(), order.end(), 0u);
    std::shuffle(order.begin(), order.end(), machine.random);
  }
  for (size_t i = 0; i < blocks; i++) {
    size_t at = machine.shuffled ? order[i] : i;
    *module.blockIdx = {static_cast<unsigned>(at % grid.x), static_cast<unsigned>(at / grid.x % grid.y),
                        static_cast<unsigned>(at / grid.x / grid.y)};
    runBlock();
  }
  for (unsigned i = 0; i < machine.fibersUsed; i++) {
    if (overflowed(machine.fibers[i])) {
      fault(CUDA_ERROR_LAUNCH_FAILED, std::string("kernel ") + kernel.name + " needs more local memory than the simulator's threads have");
    }
  }
}

}  // namespace sim
