#include "fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace sim {

static constexpr uint64_t CANARY = 0xFFA5C3D2E1F00F1EULL;

static void giveStack(Fiber &fiber) {
  if (fiber.stack == nullptr) {
    void *memory = mmap(nullptr, Fiber::STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      abort();
    }
    fiber.stack = static_cast<char *>(memory);
    // tops at different distances from a page's end, or all would fall into the same few lines of the cache
    static unsigned made = 0;
    fiber.offset = made++ * 7 % 64 * 64;
  }
  memcpy(fiber.stack, &CANARY, sizeof CANARY);
}

bool overflowed(const Fiber &fiber) { return memcmp(fiber.stack, &CANARY, sizeof CANARY) != 0; }

#if defined(__x86_64__)

// Saves what a function must keep (System V ABI), then continues where the other stack was left.
extern "C" void sim_switch_stacks(void **from, void *to);
asm(R"(
.text
.globl sim_switch_stacks
.hidden sim_switch_stacks
.type sim_switch_stacks, @function
sim_switch_stacks:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size sim_switch_stacks, .-sim_switch_stacks
)");

void prepare(Fiber &fiber, FiberEntry entry) {
  giveStack(fiber);
  // From the top: a null return address, the entry to return to, six registers. The entry finds its stack as after a call,
  // 8 bytes off a multiple of 16.
  auto *top = reinterpret_cast<uint64_t *>(fiber.stack + Fiber::STACK_BYTES - fiber.offset) - 1;
  *top = 0;
  *--top = reinterpret_cast<uint64_t>(entry);
  for (int i = 0; i < 6; i++) {
    *--top = 0;
  }
  fiber.context.stackPointer = top;
}

void switchTo(FiberContext &from, FiberContext &to) { sim_switch_stacks(&from.stackPointer, to.stackPointer); }

#else

void prepare(Fiber &fiber, FiberEntry entry) {
  giveStack(fiber);
  getcontext(&fiber.context.state);
  fiber.context.state.uc_stack.ss_sp = fiber.stack;
  fiber.context.state.uc_stack.ss_size = Fiber::STACK_BYTES;
  fiber.context.state.uc_link = nullptr;
  makecontext(&fiber.context.state, entry, 0);
}

void switchTo(FiberContext &from, FiberContext &to) { swapcontext(&from.state, &to.state); }

#endif

}  // namespace sim
