// Kernel launches.
#include <cstdio>
#include <cstring>

#include "core.h"

namespace sim {
namespace {

Countdown lostAfter("LOST_AFTER");

/** A launch's arguments, copied, as hardware does. */
struct Arguments {
  std::vector<char> bytes;
  std::vector<size_t> offsets;
};

size_t align(size_t offset, size_t to) { return (offset + to - 1) / to * to; }

CUresult pack(const SimKernel &kernel, void **parameters, Arguments *packed) {
  size_t end = 0;
  for (int i = 0; i < kernel.parameterCount; i++) {
    size_t at = align(end, kernel.parameters[i].alignment);
    packed->offsets.push_back(at);
    end = at + kernel.parameters[i].bytes;
  }
  packed->bytes.resize(end + 1);
  for (int i = 0; i < kernel.parameterCount; i++) {
    if (parameters == nullptr || parameters[i] == nullptr) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    memcpy(&packed->bytes[packed->offsets[static_cast<size_t>(i)]], parameters[i], kernel.parameters[i].bytes);
  }
  return CUDA_SUCCESS;
}

bool allowed(const SimKernel &kernel, dim3 grid, dim3 block, unsigned shared) {
  const char *wrong = nullptr;
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || block.x == 0 || block.y == 0 || block.z == 0) {
    wrong = "a dimension of zero";
  } else if (grid.x > 0x7FFFFFFFu || grid.y > 65535 || grid.z > 65535) {
    wrong = "more blocks than 2^31-1, 65535, 65535";
  } else if (block.x > 1024 || block.y > 1024 || block.z > 64 || static_cast<size_t>(block.x) * block.y * block.z > static_cast<size_t>(kernel.maxThreads)) {
    wrong = "more threads in a block than the kernel can have";
  } else if (shared != 0) {
    wrong = "dynamic shared memory, which the simulator has not";
  }
  if (wrong != nullptr) {
    say("launch of %s, grid (%u,%u,%u), block (%u,%u,%u): %s", kernel.name, grid.x, grid.y, grid.z, block.x, block.y, block.z, wrong);
  }
  return wrong == nullptr;
}

void run(const Function &function, dim3 grid, dim3 block, const Arguments &packed) {
  const SimKernel &kernel = *function.kernel;
  count("launches");
  if (lostAfter.over()) {
    fault(static_cast<CUresult>(optionNumber("LOST_CODE", CUDA_ERROR_LAUNCH_FAILED)), "the device is lost, as asked for by LOST_AFTER");
  }
  void *arguments[256];
  for (int i = 0; i < kernel.parameterCount; i++) {
    char *argument = const_cast<char *>(&packed.bytes[packed.offsets[static_cast<size_t>(i)]]);
    arguments[i] = argument;
    if (kernel.parameters[i].pointer) {
      void *pointer;
      memcpy(&pointer, argument, sizeof pointer);
      if (pointer != nullptr && !pointsToDevice(pointer)) {
        char text[160];
        snprintf(text, sizeof text, "argument %d is %p, which is in no device allocation", i, pointer);
        fault(CUDA_ERROR_ILLEGAL_ADDRESS, text);
      }
    }
  }
  runGrid(*function.module, kernel, grid, block, arguments);
}

}  // namespace
}  // namespace sim

using namespace sim;

SIM_API CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                                unsigned blockZ, unsigned shared, CUstream handle, void **parameters, void **extra) {
  return api([&] {
    std::shared_ptr<Stream> stream = streamOf(handle);
    if (!known(function) || stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    dim3 grid{gridX, gridY, gridZ}, block{blockX, blockY, blockZ};
    if (!allowed(*function->kernel, grid, block, shared) || extra != nullptr) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    Arguments packed;
    CUresult result = pack(*function->kernel, parameters, &packed);
    if (result != CUDA_SUCCESS) {
      return result;
    }
    Function launched = *function;
    return push(stream, function->kernel->name, [launched, grid, block, packed = std::move(packed)] { run(launched, grid, block, packed); });
  });
}
