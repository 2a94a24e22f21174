// Runs the blocks of a launch on the calling thread.
#pragma once
#include <functional>
#include <string>

#include "block.h"
#include "driver.h"

namespace sim {

/** Why a launch or other queued work failed. */
struct Fault {
  CUresult status = CUDA_SUCCESS;
  std::string message;
};

/** Runs work; a wild address in it, or fault() called in it, ends it with a fault instead of the process. */
Fault guarded(const std::function<void()> &work);

/** Ends the work that runs. */
[[noreturn]] void fault(CUresult status, const std::string &message);

/** Runs all blocks of a kernel one after the other. Call inside guarded work. */
void runGrid(const SimModule &module, const SimKernel &kernel, dim3 grid, dim3 block, void **arguments);

/** What kernels call. */
extern const SimRuntime runtime;

}  // namespace sim
