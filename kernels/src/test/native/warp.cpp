// Shuffles, votes and __syncwarp: lanes that wait for each other.
#include "machine.h"

namespace sim {
namespace {

constexpr unsigned long long POISON = ~0ULL;

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

}  // namespace

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

}  // namespace sim
