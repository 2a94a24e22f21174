// Follows a kernel file in its compilation: makes of each kernel a function over the threads of a block.
#pragma once

template <int... I>
struct SimInts {};

template <typename T>
struct SimPlain {
  static constexpr bool pointer = false;
};
template <typename T>
struct SimPlain<T *> {
  static constexpr bool pointer = true;
};

template <auto kernel>
struct SimEntry;

template <typename... Parameter, void (*kernel)(Parameter...)>
struct SimEntry<kernel> {
  static constexpr int count = sizeof...(Parameter);
  static constexpr SimParameter parameters[count + 1] = {
      {sizeof(Parameter), alignof(Parameter), SimPlain<Parameter>::pointer}..., {0, 0, false}};

  /** All parameters together. */
  static constexpr unsigned bytes() {
    unsigned end = 0;
    for (int i = 0; i < count; i++) {
      end = (end + parameters[i].alignment - 1) / parameters[i].alignment * parameters[i].alignment + parameters[i].bytes;
    }
    return end;
  }

  template <int... I>
  __attribute__((always_inline)) static void run(void **arguments, SimBlock *block, SimInts<I...>) {
    while (block->started < block->threads) {
      block->current = block->order[block->started++];
      threadIdx = block->places[block->current];
      kernel(*static_cast<Parameter *>(arguments[I])...);
      // by now another thread may have run: `current` is the one that came back
      unsigned thread = block->current;
      block->left--;
      block->live[thread >> 5] &= ~(1u << (thread & 31));
      if (__builtin_expect(block->waiting != 0, 0)) {
        simRuntime->returned();
      }
    }
  }

  __attribute__((always_inline)) static void run(void **arguments, SimBlock *block) {
    run(arguments, block, SimInts<__integer_pack(count)...>());
  }
};

#define SIM_KERNEL(name)                                                 \
  static_assert(SimEntry<name>::bytes() <= 4096, "the parameters of " #name " take more than 4096 bytes"); \
  extern "C" __attribute__((visibility("hidden"))) const SimShared sim_shared_##name[]; \
  extern "C" __attribute__((visibility("hidden"))) void sim_run_##name(void **arguments, SimBlock *block) { \
    SimEntry<name>::run(arguments, block);                               \
  }

#define SIM_KERNEL_ENTRY(name, maxThreads) \
  {#name, sim_run_##name, SimEntry<name>::parameters, SimEntry<name>::count, maxThreads, sim_shared_##name},

#define SIM_MODULE(arch, count)                                                                                     \
  extern "C" __attribute__((visibility("default"))) const SimModule sim_module = {                                  \
      arch, simKernels, count, &simRuntime, &threadIdx, &blockIdx, &blockDim, &gridDim};
