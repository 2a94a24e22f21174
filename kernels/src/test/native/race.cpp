#include "race.h"

#include <array>
#include <memory>
#include <unordered_map>

#include "machine.h"
#include "sim.h"

namespace sim {
namespace {

constexpr size_t GRAIN = 2, PAGE = 4096, MOST_PAGES = 1 << 14;

/** The last accesses to two bytes. Of reads the last two by different threads, since one of them may be the writer. */
struct Seen {
  Moment write, read, otherRead;
  bool atomicWrite = false;
};

using Page = std::array<Seen, PAGE / GRAIN>;
std::unordered_map<uintptr_t, std::unique_ptr<Page>> &pages = *new std::unordered_map<uintptr_t, std::unique_ptr<Page>>;
uintptr_t lastNumber = 0;
Page *lastPage = nullptr;

Seen &seenAt(uintptr_t address) {
  uintptr_t number = address / PAGE;
  if (lastPage == nullptr || number != lastNumber) {
    if (pages.size() > MOST_PAGES) {
      pages.clear();  // old accesses are forgotten, at worst a race goes unseen
    }
    std::unique_ptr<Page> &page = pages[number];
    if (page == nullptr) {
      page = std::make_unique<Page>();
    }
    lastNumber = number;
    lastPage = page.get();
  }
  return (*lastPage)[address % PAGE / GRAIN];
}

bool sameBlock(const Moment &a, const Moment &b) { return a.thread >> 10 == b.thread >> 10; }

/** True if nothing makes `before` come before `now`. */
bool unordered(const Moment &before, const Moment &now) {
  if (before.run != now.run || before.thread == now.thread) {
    return false;
  }
  bool sameWarp = before.thread >> 5 == now.thread >> 5;
  return !sameBlock(before, now) || (before.barrier == now.barrier && !(sameWarp && before.warpSync != now.warpSync));
}

const char *conflict(Seen &seen, int kind, bool atomics, const Moment &now) {
  bool counter = seen.atomicWrite && (kind == SIM_ATOMIC || (atomics && !sameBlock(seen.write, now)));
  if (unordered(seen.write, now) && !counter) {
    if (kind != SIM_READ) {
      return "two threads write the same address, and nothing says which is the last";
    }
    if (!atomics || sameBlock(seen.write, now)) {
      return "a read of what another thread wrote, and nothing says that it had";
    }
  }
  if (kind == SIM_WRITE) {
    for (const Moment *read : {&seen.read, &seen.otherRead}) {
      if (unordered(*read, now) && (!atomics || sameBlock(*read, now))) {
        return "a write to what another thread read, and nothing says that it had";
      }
    }
  }
  return nullptr;
}

}  // namespace

const char *objection(const void *address, size_t bytes, int kind, bool shared, bool atomics, const Moment &now) {
  if (!shared && !onDevice(address, bytes)) {
    return "an access outside of every allocation";
  }
  if (bytes < GRAIN) {
    return nullptr;  // neighbours share a grain
  }
  uintptr_t from = reinterpret_cast<uintptr_t>(address);
  for (uintptr_t at = from; at < from + bytes; at += GRAIN) {
    Seen &seen = seenAt(at);
    const char *why = conflict(seen, kind, atomics, now);
    if (why != nullptr) {
      return why;
    }
    if (kind == SIM_READ) {
      if (seen.read.thread != now.thread) {
        seen.otherRead = seen.read;
      }
      seen.read = now;
    } else {
      seen.write = now;
      seen.atomicWrite = kind == SIM_ATOMIC;
    }
  }
  return nullptr;
}

void forget(const void *from, size_t bytes) {
  uintptr_t first = reinterpret_cast<uintptr_t>(from) / PAGE, end = first + bytes / PAGE;
  for (auto page = pages.begin(); page != pages.end();) {
    page = page->first >= first && page->first < end ? pages.erase(page) : std::next(page);
  }
  lastPage = nullptr;
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
  if (kind == SIM_MISALIGNED) {
    blame(CUDA_ERROR_MISALIGNED_ADDRESS, "an access to %p, which is no multiple of %lu bytes: misaligned", address, bytes);
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

}  // namespace sim
