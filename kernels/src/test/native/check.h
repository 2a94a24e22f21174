// With the option CHECK: the compiler calls these before every access to memory (-fsanitize=thread, of which only the
// calls are used), and they ask the simulator whether it is in bounds and in order.
#pragma once

#define SIM_UNCHECKED __attribute__((no_sanitize("thread"), noinline, visibility("hidden")))

#define SIM_ACCESS(bytes)                                                                                              \
  extern "C" SIM_UNCHECKED void __tsan_read##bytes(void *p) { simRuntime->access(p, bytes, SIM_READ); }                \
  extern "C" SIM_UNCHECKED void __tsan_write##bytes(void *p) { simRuntime->access(p, bytes, SIM_WRITE); }              \
  extern "C" SIM_UNCHECKED void __tsan_unaligned_read##bytes(void *p) { simRuntime->access(p, bytes, SIM_READ); }      \
  extern "C" SIM_UNCHECKED void __tsan_unaligned_write##bytes(void *p) { simRuntime->access(p, bytes, SIM_WRITE); }
SIM_ACCESS(1)
SIM_ACCESS(2)
SIM_ACCESS(4)
SIM_ACCESS(8)
SIM_ACCESS(16)
#undef SIM_ACCESS

extern "C" SIM_UNCHECKED void __tsan_read_range(void *p, size_t bytes) { simRuntime->access(p, bytes, SIM_READ); }
extern "C" SIM_UNCHECKED void __tsan_write_range(void *p, size_t bytes) { simRuntime->access(p, bytes, SIM_WRITE); }
extern "C" SIM_UNCHECKED void __tsan_func_entry(void *) {}
extern "C" SIM_UNCHECKED void __tsan_func_exit(void *) {}
extern "C" SIM_UNCHECKED void __tsan_init() {}
