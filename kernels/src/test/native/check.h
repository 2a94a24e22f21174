// With the option CHECK: the compiler calls these before every access to memory (-fsanitize=thread,alignment, of which only
// the calls are used), and they ask the simulator whether it is in bounds, aligned and in order.
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

/** What the compiler passes to the next (-fsanitize=alignment). */
struct SimMisaligned {
  const char *file;
  unsigned line, column;
  const void *type;
  unsigned char logAlignment, kind;
};

/** Hardware traps where an address does not suit its type; a host's processor mostly does not. */
extern "C" SIM_UNCHECKED void __ubsan_handle_type_mismatch_v1(SimMisaligned *at, void *p) {
  simRuntime->access(p, 1ul << at->logAlignment, SIM_MISALIGNED);
}

extern "C" SIM_UNCHECKED void __tsan_read_range(void *p, size_t bytes) { simRuntime->access(p, bytes, SIM_READ); }
extern "C" SIM_UNCHECKED void __tsan_write_range(void *p, size_t bytes) { simRuntime->access(p, bytes, SIM_WRITE); }
extern "C" SIM_UNCHECKED void __tsan_func_entry(void *) {}
extern "C" SIM_UNCHECKED void __tsan_func_exit(void *) {}
extern "C" SIM_UNCHECKED void __tsan_init() {}
