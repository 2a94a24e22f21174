// Device memory: pages of the host apart from its own, filled with NaN, between guard bands, and out of reach once freed.
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <map>

#include "core.h"
#include "race.h"

namespace sim {
namespace {

constexpr size_t PAGE = 4096, GUARD = 256, GRANULE = 512;
constexpr size_t ARENA = 64ULL << 30;  // addresses only: pages exist while allocated
constexpr uint16_t PATTERN = 0xFFA5;   // a NaN as F32 and as BF16

struct Block {
  size_t bytes;   // as asked for
  size_t mapped;  // from one page before the data on
};

struct Memory {
  char *arena = nullptr;
  size_t next = 0;
  std::map<char *, Block> live;     // by address of the data
  std::map<char *, size_t> pinned;  // host memory
  size_t liveBytes = 0;
};
Memory &memory = *new Memory;
Countdown failAlloc("FAIL_ALLOC_AFTER");

size_t roundUp(size_t value, size_t to) { return (value + to - 1) / to * to; }

size_t total() { return static_cast<size_t>(optionNumber("MEMORY", 8L << 30)); }

void fillGuard(char *from, char *to) {
  for (; from < to; from += sizeof PATTERN) {
    memcpy(from, &PATTERN, sizeof PATTERN);
  }
}

bool guardIsWhole(const char *from, const char *to) {
  for (; from < to; from += sizeof PATTERN) {
    if (memcmp(from, &PATTERN, sizeof PATTERN) != 0) {
      return false;
    }
  }
  return true;
}

// A block: a page out of reach, guard band, data (256-byte aligned), guard band to the end of its page, a page out of reach.
char *guardStart(char *data) { return data - GUARD; }
char *guardEnd(char *data, const Block &block) { return data - GUARD + block.mapped; }
char *dataEnd(char *data, const Block &block) { return data + block.bytes + (block.bytes & 1); }

/** A free place in the arena. Places are taken in turn, so that a freed one stays out of reach for as long as possible. */
char *place(size_t bytes) {
  if (memory.arena == nullptr) {
    void *arena = mmap(nullptr, ARENA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (arena == MAP_FAILED) {
      return nullptr;
    }
    memory.arena = static_cast<char *>(arena);
  }
  for (int round = 0; round < 2; round++) {
    for (;;) {
      size_t needed = bytes + 2 * PAGE;
      char *from = memory.arena + memory.next, *to = from + needed;
      if (to > memory.arena + ARENA) {
        break;
      }
      auto after = memory.live.lower_bound(from);
      bool free = true;
      if (after != memory.live.begin()) {
        auto before = std::prev(after);
        char *end = guardEnd(before->first, before->second) + PAGE;
        if (end > from) {
          memory.next = static_cast<size_t>(end - memory.arena);
          free = false;
        }
      }
      if (free && after != memory.live.end() && guardStart(after->first) - PAGE < to) {
        memory.next = static_cast<size_t>(guardEnd(after->first, after->second) + PAGE - memory.arena);
        free = false;
      }
      if (free) {
        memory.next += bytes + PAGE;
        return from + PAGE;
      }
    }
    memory.next = 0;
  }
  return nullptr;
}

void checkBlock(char *data, const Block &block, bool thorough) {
  char *behind = dataEnd(data, block);
  char *end = guardEnd(data, block);
  bool before = guardIsWhole(guardStart(data), data);
  bool after = guardIsWhole(behind, thorough || behind + GUARD > end ? end : behind + GUARD);
  if (!before || !after) {
    char text[200];
    snprintf(text, sizeof text, "a write %s the %zu bytes allocated at %p", before ? "behind" : "before", block.bytes, static_cast<void *>(data));
    lose(CUDA_ERROR_ILLEGAL_ADDRESS, text);
  }
}

void unmap(char *data, const Block &block) {
  mprotect(guardStart(data), block.mapped, PROT_NONE);
  madvise(guardStart(data), block.mapped, MADV_DONTNEED);
  forget(guardStart(data), block.mapped);
  memory.liveBytes -= roundUp(block.bytes, GRANULE);
  count("live_bytes", -static_cast<long>(block.bytes));
}

CUresult allocate(CUdeviceptr *address, size_t bytes) {
  if (bytes == 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (failAlloc.over() || memory.liveBytes + roundUp(bytes, GRANULE) > total()) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  size_t mapped = roundUp(GUARD + bytes + GUARD, PAGE);
  char *start = place(mapped);
  if (start == nullptr || mprotect(start, mapped, PROT_READ | PROT_WRITE) != 0) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  char *data = start + GUARD;
  Block block{bytes, mapped};
  fillGuard(start, data);
  memset(data, 0xFF, bytes);
  fillGuard(dataEnd(data, block), start + mapped);
  memory.live.emplace(data, block);
  memory.liveBytes += roundUp(bytes, GRANULE);
  count("allocations");
  count("live_bytes", static_cast<long>(bytes));
  *address = reinterpret_cast<CUdeviceptr>(data);
  return CUDA_SUCCESS;
}

const std::pair<char *const, Block> *blockAt(const void *p) {
  auto after = memory.live.upper_bound(const_cast<char *>(static_cast<const char *>(p)));
  return after == memory.live.begin() ? nullptr : &*std::prev(after);
}

}  // namespace

bool onDevice(const void *p, size_t bytes) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  auto block = blockAt(p);
  const char *from = static_cast<const char *>(p);
  if (bytes == 0) {
    return p != nullptr;
  }
  return block != nullptr && from < block->first + block->second.bytes &&
         bytes <= static_cast<size_t>(block->first + block->second.bytes - from);
}

bool inArena(const void *address) {
  const char *at = static_cast<const char *>(address);
  return memory.arena != nullptr && at >= memory.arena && at < memory.arena + ARENA;
}

bool pointsToDevice(const void *p) {
  auto block = blockAt(p);
  return block != nullptr && static_cast<const char *>(p) <= block->first + block->second.bytes;
}

void checkGuards(bool thorough) {
  for (auto &[data, block] : memory.live) {
    checkBlock(data, block, thorough);
  }
}

void releaseMemory() {
  for (auto &[data, block] : memory.live) {
    unmap(data, block);
    count("leaked_bytes", static_cast<long>(block.bytes));
  }
  memory.live.clear();
}

}  // namespace sim

using namespace sim;

SIM_API CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
  return api([&] {
    CUresult refused = refuseInCapture("cuMemAlloc");
    return refused != CUDA_SUCCESS ? refused : allocate(address, bytes);
  });
}

SIM_API CUresult cuMemFree_v2(CUdeviceptr address) {
  return api([&] {
    CUresult refused = refuseInCapture("cuMemFree");
    if (refused != CUDA_SUCCESS || address == 0) {
      return refused;
    }
    auto found = memory.live.find(reinterpret_cast<char *>(address));
    if (found == memory.live.end()) {
      say("cuMemFree of %p, which is no allocation that lives", reinterpret_cast<void *>(address));
      return CUDA_ERROR_INVALID_VALUE;
    }
    runAll();  // as the hardware does: what is queued may still use it
    checkBlock(found->first, found->second, true);
    unmap(found->first, found->second);
    memory.live.erase(found);
    count("frees");
    return lost();
  });
}

SIM_API CUresult cuMemGetInfo_v2(size_t *free, size_t *all) {
  return api([&] {
    *all = total();
    *free = memory.liveBytes > total() ? 0 : total() - memory.liveBytes;
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
  *bytes = total();
  return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

SIM_API CUresult cuMemHostAlloc(void **address, size_t bytes, unsigned) {
  return api([&] {
    CUresult refused = refuseInCapture("cuMemHostAlloc");
    if (refused != CUDA_SUCCESS) {
      return refused;
    }
    void *memoryOfHost = bytes == 0 ? nullptr : aligned_alloc(PAGE, roundUp(bytes, PAGE));
    if (memoryOfHost == nullptr) {
      return bytes == 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_ERROR_OUT_OF_MEMORY;
    }
    memset(memoryOfHost, 0xFF, bytes);
    memory.pinned.emplace(static_cast<char *>(memoryOfHost), bytes);
    count("pinned_bytes", static_cast<long>(bytes));
    *address = memoryOfHost;
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuMemFreeHost(void *address) {
  return api([&] {
    CUresult refused = refuseInCapture("cuMemFreeHost");
    if (refused != CUDA_SUCCESS) {
      return refused;
    }
    auto found = memory.pinned.find(static_cast<char *>(address));
    if (found == memory.pinned.end()) {
      say("cuMemFreeHost of %p, which is no pinned memory that lives", address);
      return CUDA_ERROR_INVALID_VALUE;
    }
    runAll();
    count("pinned_bytes", -static_cast<long>(found->second));
    memory.pinned.erase(found);
    free(address);
    return lost();
  });
}
