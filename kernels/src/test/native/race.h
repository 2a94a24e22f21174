// With the option CHECK: is an access of a kernel inside of an allocation, and in order with those of other threads?
#pragma once
#include <cstddef>
#include <cstdint>

namespace sim {

/** Who makes an access, and when. */
struct Moment {
  uint64_t thread = 0;   // block * 1024 + its number in the block
  uint32_t run = 0;      // of the launch; for shared memory, of the block
  uint32_t barrier = 0;  // barriers of the block so far
  uint32_t warpSync = 0; // __syncwarp's of the warp so far
};

/** Why the access must not be, or null. `atomics`: the launch orders its blocks by atomics, so that reads tell nothing. */
const char *objection(const void *address, size_t bytes, int kind, bool shared, bool atomics, const Moment &now);

/** Forgets all accesses to whole pages that are given back. */
void forget(const void *from, size_t bytes);

/** True if the address is one that device memory can have. */
bool inArena(const void *address);

}  // namespace sim
