#include "grid.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include "fiber.h"
#include "race.h"
#include "sim.h"

namespace sim {
namespace {

constexpr unsigned WARP = 32, MOST_THREADS = 1024;
constexpr unsigned long long POISON = ~0ULL;

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
  // for accesses that are checked
  uint32_t launches = 0, blocks = 0, barriers = 0, warpSyncs[MOST_THREADS / WARP];
  bool atomics = false;
};

Machine &machine = *new Machine;

[[noreturn]] void blame(const char *format, ...) {
  char text[512];
  va_list rest;
  va_start(rest, format);
  vsnprintf(text, sizeof text, format, rest);
  va_end(rest);
  uint3 block = *machine.module->blockIdx, thread = machine.places[machine.block.current];
  char where[160];
  snprintf(where, sizeof where, "kernel %s, block (%u,%u,%u), thread (%u,%u,%u): ", machine.kernel->name, block.x, block.y, block.z, thread.x, thread.y, thread.z);
  fault(CUDA_ERROR_LAUNCH_FAILED, std::string(where) + text);
}

void fiberMain();

Fiber *freshFiber() {
  if (machine.idleCount > 0) {
    return machine.idle[--machine.idleCount];
  }
  Fiber *fiber = &machine.fibers[machine.fibersUsed++];
  prepare(*fiber, fiberMain);
  return fiber;
}

void enter(unsigned thread) {
  machine.block.current = thread;
  *machine.module->threadIdx = machine.places[thread];
  machine.running = machine.waits[thread].fiber;
}

/** Goes on with whatever thread can run; `from` is where this one can be found again. */
void goOn(FiberContext &from) {
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

void fiberMain() {
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
  if (machine.shuffled) {
    unsigned other = machine.readyFrom + machine.random() % (at - machine.readyFrom + 1);
    machine.ready[at] = machine.ready[other];
    at = other;
  }
  machine.ready[at] = thread;
}

void barrier(const char *file, int line) {
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

const char *nameOf(int kind) { return kind == SIM_SHUFFLE ? "shuffle" : kind == SIM_BALLOT ? "vote" : "__syncwarp"; }

/** Gives every lane of `lanes` what it asked for. Only then may one of them go on, since it could bring its next value. */
void deliver(unsigned warp, unsigned lanes) {
  Waiting *waits = machine.waits + warp * WARP;
  unsigned long long brought[WARP];
  unsigned votes = 0;
  for (unsigned lane = 0; lane < WARP; lane++) {
    if (lanes >> lane & 1) {
      brought[lane] = waits[lane].value;
      votes |= (waits[lane].value != 0) << lane;
    }
  }
  for (unsigned lane = 0; lane < WARP; lane++) {
    if (lanes >> lane & 1) {
      unsigned source = static_cast<unsigned>(waits[lane].source);
      waits[lane].value = waits[lane].kind == SIM_BALLOT ? votes : lanes >> source & 1 ? brought[source] : POISON;
    }
  }
}

/** True if all lanes that a waiting lane names are there; they have got their values then. */
bool complete(unsigned warp, unsigned mask, unsigned lane) {
  unsigned needed = mask & machine.block.live[warp];
  if ((needed & ~machine.arrived[warp]) != 0) {
    return false;
  }
  Waiting *waits = machine.waits + warp * WARP, &mine = waits[lane];
  for (unsigned other = 0; other < WARP; other++) {
    const Waiting &theirs = waits[other];
    if ((needed >> other & 1) && (theirs.mask != mask || theirs.kind != mine.kind || theirs.line != mine.line)) {
      blame("lane %u is at a %s with mask %08x in line %d, lane %u at a %s with mask %08x in line %d", lane, nameOf(mine.kind), mask, mine.line, other,
            nameOf(theirs.kind), theirs.mask, theirs.line);
    }
  }
  deliver(warp, needed);
  machine.warpSyncs[warp] += mine.kind == SIM_SYNC_WARP;
  machine.arrived[warp] &= ~needed;
  return true;
}

unsigned long long exchange(unsigned mask, int kind, unsigned long long value, int source, const char *file, int line) {
  unsigned thread = machine.block.current, warp = thread / WARP, lane = thread % WARP;
  if ((mask >> lane & 1) == 0) {
    blame("%s (%s:%d) by lane %u, which its mask %08x does not name", nameOf(kind), file, line, lane, mask);
  }
  source %= static_cast<int>(WARP);
  if (kind == SIM_SHUFFLE && (machine.block.live[warp] & ~mask) >> source & 1) {
    blame("shuffle (%s:%d) from lane %d, which its mask %08x does not name", file, line, source, mask);
  }
  Waiting &mine = machine.waits[thread];
  mine.mask = mask;
  mine.kind = kind;
  mine.value = value;
  mine.source = source;
  mine.line = line;
  machine.arrived[warp] |= 1u << lane;
  if (!complete(warp, mask, lane)) {
    machine.block.waiting++;
    wait();
    return mine.value;
  }
  for (unsigned other = 0; other < WARP; other++) {
    if (other != lane && (mask & machine.block.live[warp]) >> other & 1) {
      makeReady(warp * WARP + other);
      machine.block.waiting--;
    }
  }
  return mine.value;
}

/** A lane that returned is waited for no more. */
void returned() {
  unsigned warp = machine.block.current / WARP, arrived = machine.arrived[warp];
  for (unsigned lane = 0; lane < WARP; lane++) {
    unsigned mask = machine.waits[warp * WARP + lane].mask;
    if ((arrived >> lane & 1) && complete(warp, mask, lane)) {
      for (unsigned other = 0; other < WARP; other++) {
        if ((mask & machine.block.live[warp]) >> other & 1) {
          makeReady(warp * WARP + other);
          machine.block.waiting--;
        }
      }
      arrived = machine.arrived[warp];
    }
  }
}

void access(const void *address, unsigned long bytes, int kind) {
  const char *from = static_cast<const char *>(address);
  bool shared = false;
  for (const SimShared *array = machine.kernel->shared; array->start != nullptr; array++) {
    shared |= from >= array->start && from < static_cast<char *>(array->start) + array->bytes;
  }
  if (!shared && !inArena(address)) {
    return;  // a thread's own variables
  }
  machine.atomics |= kind == SIM_ATOMIC;
  uint3 place = *machine.module->blockIdx;
  dim3 grid = *machine.module->gridDim;
  uint64_t block = place.x + static_cast<uint64_t>(grid.x) * (place.y + static_cast<uint64_t>(grid.y) * place.z);
  unsigned thread = machine.block.current;
  Moment now{block << 10 | thread, shared ? machine.blocks : machine.launches, machine.barriers, machine.warpSyncs[thread / WARP]};
  const char *why = objection(address, bytes, kind, shared, machine.atomics, now);
  if (why != nullptr) {
    blame("%s: %lu bytes at %p%s", why, bytes, address, shared ? " of shared memory" : "");
  }
}

void shapeBlock(dim3 block) {
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

void runBlock() {
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
  if (machine.shuffled) {
    std::shuffle(machine.order, machine.order + block.threads, machine.random);
  }
  machine.running = freshFiber();
  switchTo(machine.home, machine.running->context);
}

}  // namespace

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
  machine.random.seed(static_cast<unsigned>(seed));
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
