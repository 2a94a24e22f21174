// What the parts of the simulator's libcuda know of each other.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "block.h"
#include "grid.h"
#include "sim.h"

namespace sim {

/** Every API function holds it. Recursive, since queued work may ask whether an address is on the device. */
extern std::recursive_mutex mutex;

// state.cpp: the device as a whole

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** Loses the device: until its context is released every call answers this status. The first loss counts. */
void lose(CUresult status, const std::string &why);
bool contextIsCurrent();
/** Counts down from an option, anew each time that it is set. */
class Countdown {
 public:
  explicit Countdown(const char *name) : name(name) {}
  /** True from the call on that comes after as many as the option says; never if it is not set. */
  bool over();

 private:
  const char *name;
  long left = -1;
  long seen = -1;
};

/** The frame of an API function that needs the context: one at a time, none once the device is lost. */
template <typename Body>
CUresult api(Body body) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  if (lost() != CUDA_SUCCESS) {
    return lost();
  }
  if (!contextIsCurrent()) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  return body();
}

// memory.cpp

/** Looks for writes outside of allocations; loses the device if it finds one. */
void checkGuards(bool thorough);
/** Gives all device memory back. */
void releaseMemory();
/** True if the address lies in an allocation or just behind it. */
bool pointsToDevice(const void *p);

// stream.cpp

struct Capture;

/** A place in a stream's order: everything up to it. */
struct Mark {
  std::shared_ptr<struct Stream> stream;
  long sequence = 0;
};

struct Task {
  const char *what;
  std::function<void()> work;  // empty for a mere meeting point
  std::vector<Mark> after;
};

struct Stream {
  bool blocking = true;  // waits for the default stream, and it for this one
  std::deque<Task> queue;
  long queued = 0, done = 0;
  std::shared_ptr<Capture> capture;
  std::vector<int> tips;  // while captured: the nodes that the next one comes after
};

/** The stream of a handle, null for a handle that there is not. */
std::shared_ptr<Stream> streamOf(CUstream handle);
const std::shared_ptr<Stream> &defaultStream();
/** Queues, or records while capturing. */
CUresult push(const std::shared_ptr<Stream> &stream, const char *what, std::function<void()> work, std::vector<Mark> after = {});
/** Runs a stream until this much of it is done, and before each task what it waits for. */
void runUntil(const Mark &mark);
/** Runs everything. */
void runAll();
void releaseStreams();
void perform(const char *what, const std::function<void()> &work);

// graph.cpp

struct Node {
  const char *what;
  std::function<void()> work;
  std::vector<int> after;
};

struct Capture {
  CUstreamCaptureMode mode;
  std::shared_ptr<Stream> origin;
  unsigned long thread;
  bool invalid = false;
  bool ended = false;
  std::vector<Node> nodes;
  std::vector<std::shared_ptr<Stream>> streams;
};

CUresult record(const std::shared_ptr<Stream> &stream, const char *what, std::function<void()> work);
/** For work on the default stream, which a captured stream would have to wait for. */
CUresult refuseImplicit(const char *call);
void releaseGraphs();

// event.cpp

void releaseEvents();

// module.cpp

struct Module;
struct Function {
  const SimModule *module;
  const SimKernel *kernel;
};
/** True if it is of a module that is loaded. */
bool known(CUfunction function);
void releaseModules();

}  // namespace sim

struct CUfunc_st : sim::Function {};
