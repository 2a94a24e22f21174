// Options, counters, the loss of the device, and the one context.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

#include "core.h"

namespace sim {

std::recursive_mutex mutex;

namespace {
struct State {
  std::map<std::string, std::string> options;
  long optionsSet = 0;
  std::map<std::string, long> counters;
  CUresult lost = CUDA_SUCCESS;
  bool initialised = false;
  int retained = 0;
  long generation = 1;
};
State &state = *new State;  // outlives every static destructor
thread_local long currentGeneration = 0;

std::string upperCase(const char *name) {
  std::string upper = name;
  for (char &c : upper) {
    c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return upper;
}
}  // namespace

void say(const char *format, ...) {
  char text[1024];
  va_list rest;
  va_start(rest, format);
  vsnprintf(text, sizeof text, format, rest);
  va_end(rest);
  fprintf(stderr, "simulator: %s\n", text);
}

CUresult lost() {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  return state.lost;
}

void lose(CUresult status, const std::string &why) {
  if (state.lost == CUDA_SUCCESS) {
    say("%s", why.c_str());
    state.lost = status;
  }
}

bool require(bool ok, const char *format, ...) {
  if (!ok) {
    char text[1024];
    va_list rest;
    va_start(rest, format);
    vsnprintf(text, sizeof text, format, rest);
    va_end(rest);
    std::lock_guard<std::recursive_mutex> lock(mutex);
    lose(CUDA_ERROR_ILLEGAL_ADDRESS, text);
  }
  return ok;
}

const char *option(const char *name, const char *otherwise) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  std::string full = upperCase(name);
  auto set = state.options.find(full);
  if (set != state.options.end()) {
    return set->second.c_str();
  }
  const char *environment = getenv(("SEMIGAN_SIM_" + full).c_str());
  return environment != nullptr ? environment : otherwise;
}

long optionNumber(const char *name, long otherwise) {
  const char *text = option(name, nullptr);
  return text == nullptr || *text == 0 ? otherwise : strtol(text, nullptr, 0);
}

void count(const char *name, long by) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  long &counter = state.counters[name];
  counter += by;
  if (strcmp(name, "live_bytes") == 0) {
    long &peak = state.counters["peak_bytes"];
    peak = counter > peak ? counter : peak;
  }
}

bool Countdown::over() {
  if (seen != state.optionsSet) {
    seen = state.optionsSet;
    left = optionNumber(name, -1);
  }
  if (left < 0) {
    return false;
  }
  if (left > 0) {
    left--;
    return false;
  }
  return true;
}

bool contextIsCurrent() { return state.retained > 0 && currentGeneration == state.generation; }

/** Ends the context: what is queued is run, and everything that was made in it is gone. */
static void endContext() {
  runAll();
  checkGuards(true);
  releaseGraphs();
  releaseEvents();
  releaseStreams();
  releaseModules();
  releaseMemory();
  state.lost = CUDA_SUCCESS;
  state.generation++;
}

static CUcontext contextHandle() { return reinterpret_cast<CUcontext>(state.generation << 4); }

__attribute__((destructor)) static void atExit() {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  bool wasLost = state.lost != CUDA_SUCCESS;
  checkGuards(true);
  if (!wasLost && state.lost != CUDA_SUCCESS) {
    _Exit(99);
  }
}

}  // namespace sim

using namespace sim;

SIM_API void semigan_sim_set(const char *name, const char *value) {
  std::lock_guard<std::recursive_mutex> lock(sim::mutex);
  state.optionsSet++;
  if (value == nullptr) {
    state.options.erase(upperCase(name));
  } else {
    state.options[upperCase(name)] = value;
  }
}

SIM_API long semigan_sim_counter(const char *name) {
  std::lock_guard<std::recursive_mutex> lock(sim::mutex);
  auto counter = state.counters.find(name);
  return counter == state.counters.end() ? 0 : counter->second;
}

SIM_API CUresult cuInit(unsigned flags) {
  std::lock_guard<std::recursive_mutex> lock(sim::mutex);
  if (flags != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (optionNumber("NO_DEVICE", 0) != 0) {
    return CUDA_ERROR_NO_DEVICE;
  }
  state.initialised = true;
  return CUDA_SUCCESS;
}

SIM_API CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  std::lock_guard<std::recursive_mutex> lock(sim::mutex);
  if (!state.initialised) {
    return CUDA_ERROR_NOT_INITIALIZED;
  }
  if (device != 0) {
    return CUDA_ERROR_INVALID_DEVICE;
  }
  state.retained++;
  *context = contextHandle();
  return CUDA_SUCCESS;
}

SIM_API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  std::lock_guard<std::recursive_mutex> lock(sim::mutex);
  if (device != 0) {
    return CUDA_ERROR_INVALID_DEVICE;
  }
  if (state.retained == 0) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  CUresult was = state.lost;
  if (--state.retained == 0) {
    endContext();
  }
  return was;
}

SIM_API CUresult cuCtxSetCurrent(CUcontext context) {
  std::lock_guard<std::recursive_mutex> lock(sim::mutex);
  if (state.lost != CUDA_SUCCESS) {
    return state.lost;
  }
  if (context != nullptr && context != contextHandle()) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  currentGeneration = context == nullptr ? 0 : state.generation;
  return CUDA_SUCCESS;
}

// The same for Java, whose class semigan.kernels.cuda.Simulator gives addresses of C strings.

SIM_API void Java_semigan_kernels_cuda_Simulator_set(void *, void *, int64_t name, int64_t value) {
  semigan_sim_set(reinterpret_cast<const char *>(name), reinterpret_cast<const char *>(value));
}

SIM_API int64_t Java_semigan_kernels_cuda_Simulator_counter(void *, void *, int64_t name) {
  return semigan_sim_counter(reinterpret_cast<const char *>(name));
}
