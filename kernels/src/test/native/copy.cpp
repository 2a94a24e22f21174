// Copies and fills. Host memory is read and written when the stream comes by, never at the call.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "core.h"
#include "race.h"

namespace sim {
namespace {

enum class Way { HOST_TO_DEVICE, DEVICE_TO_HOST, DEVICE_TO_DEVICE };

void needDevice(const void *p, size_t bytes) {
  if (!onDevice(p, bytes)) {
    char text[160];
    snprintf(text, sizeof text, "%zu bytes at %p are not inside of a device allocation", bytes, p);
    fault(CUDA_ERROR_ILLEGAL_ADDRESS, text);
  }
}

void needHost(const void *p) {
  if (inArena(p)) {
    char text[160];
    snprintf(text, sizeof text, "%p is an address of the device, expected one of the host", p);
    fault(CUDA_ERROR_ILLEGAL_ADDRESS, text);
  }
}

CUresult copy(const std::shared_ptr<Stream> &stream, const char *call, Way way, void *to, const void *from, size_t bytes) {
  if (stream == nullptr) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  if (bytes == 0) {
    return CUDA_SUCCESS;
  }
  if (to == nullptr || from == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  count(call);
  return push(stream, call, [=] {
    way == Way::DEVICE_TO_HOST ? needHost(to) : needDevice(to, bytes);
    way == Way::HOST_TO_DEVICE ? needHost(from) : needDevice(from, bytes);
    memmove(to, from, bytes);
  });
}

/** Waits only where the host takes part, as hardware does: what stays on the device is merely queued. */
CUresult copyNow(const char *call, Way way, void *to, const void *from, size_t bytes) {
  return api([&] {
    CUresult result = refuseInCapture(call);
    if (result == CUDA_SUCCESS) {
      result = copy(defaultStream(), call, way, to, from, bytes);
    }
    if (result == CUDA_SUCCESS && way != Way::DEVICE_TO_DEVICE) {
      runUntil({defaultStream(), defaultStream()->queued});
      result = lost();
    }
    return result;
  });
}

CUresult copyLater(const char *call, Way way, void *to, const void *from, size_t bytes, CUstream stream) {
  return api([&] { return copy(streamOf(stream), call, way, to, from, bytes); });
}

void *pointer(CUdeviceptr address) { return reinterpret_cast<void *>(address); }

CUresult fill(const std::shared_ptr<Stream> &stream, const char *call, CUdeviceptr address, unsigned value, size_t number) {
  if (stream == nullptr) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  if (address % sizeof value != 0 || (address == 0 && number > 0)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (number == 0) {
    return CUDA_SUCCESS;
  }
  count(call);
  return push(stream, call, [=] {
    unsigned *to = static_cast<unsigned *>(pointer(address));
    needDevice(to, number * sizeof value);
    std::fill_n(to, number, value);
  });
}

}  // namespace
}  // namespace sim

using namespace sim;

SIM_API CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
  return copyNow("cuMemcpyHtoD", Way::HOST_TO_DEVICE, pointer(to), from, bytes);
}

SIM_API CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
  return copyNow("cuMemcpyDtoH", Way::DEVICE_TO_HOST, to, pointer(from), bytes);
}

SIM_API CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return copyNow("cuMemcpyDtoD", Way::DEVICE_TO_DEVICE, pointer(to), pointer(from), bytes);
}

SIM_API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
  return copyLater("cuMemcpyHtoDAsync", Way::HOST_TO_DEVICE, pointer(to), from, bytes, stream);
}

SIM_API CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return copyLater("cuMemcpyDtoHAsync", Way::DEVICE_TO_HOST, to, pointer(from), bytes, stream);
}

SIM_API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return copyLater("cuMemcpyDtoDAsync", Way::DEVICE_TO_DEVICE, pointer(to), pointer(from), bytes, stream);
}

SIM_API CUresult cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t number) {
  return api([&] {
    CUresult refused = refuseInCapture("cuMemsetD32");
    return refused != CUDA_SUCCESS ? refused : fill(defaultStream(), "cuMemsetD32", to, value, number);
  });
}

SIM_API CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t number, CUstream stream) {
  return api([&] { return fill(streamOf(stream), "cuMemsetD32Async", to, value, number); });
}
