// Stacks that a thread can switch between: each CUDA thread that waits keeps one.
#pragma once
#include <cstddef>

#if defined(__x86_64__)
struct FiberContext {
  void *stackPointer = nullptr;
};
#else
#include <ucontext.h>
struct FiberContext {
  ucontext_t state;
};
#endif

namespace sim {

struct Fiber {
  FiberContext context;
  char *stack = nullptr;
  size_t offset = 0;  // of the first frame from the stack's end
  static constexpr size_t STACK_BYTES = 64 << 10;
};

/** The entry that a fiber begins with; it must never return. */
using FiberEntry = void (*)();

/** Makes the next switch to this fiber begin at `entry`, on a fresh stack. */
void prepare(Fiber &fiber, FiberEntry entry);

/** Leaves `from` where it is and goes on in `to`. */
void switchTo(FiberContext &from, FiberContext &to);

/** True if the fiber went past the end of its stack. */
bool overflowed(const Fiber &fiber);

}  // namespace sim
