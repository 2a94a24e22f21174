// The one device that there is, and the names of errors.
#include <cstdio>
#include <cstring>

#include "core.h"

using namespace sim;

static const struct {
  CUresult status;
  const char *name, *text;
} ERRORS[] = {
#define SIM_ERROR(name, text) {name, #name, text}
    SIM_ERROR(CUDA_SUCCESS, "no error"),
    SIM_ERROR(CUDA_ERROR_INVALID_VALUE, "invalid argument"),
    SIM_ERROR(CUDA_ERROR_OUT_OF_MEMORY, "out of memory"),
    SIM_ERROR(CUDA_ERROR_NOT_INITIALIZED, "cuInit has not been called"),
    SIM_ERROR(CUDA_ERROR_NO_DEVICE, "there is no device"),
    SIM_ERROR(CUDA_ERROR_INVALID_DEVICE, "there is no device of this number"),
    SIM_ERROR(CUDA_ERROR_INVALID_IMAGE, "the kernel image cannot be read"),
    SIM_ERROR(CUDA_ERROR_INVALID_CONTEXT, "no context is current"),
    SIM_ERROR(CUDA_ERROR_NO_BINARY_FOR_GPU, "the image holds no code for this device"),
    SIM_ERROR(CUDA_ERROR_INVALID_HANDLE, "the handle names nothing"),
    SIM_ERROR(CUDA_ERROR_ILLEGAL_STATE, "not in this state"),
    SIM_ERROR(CUDA_ERROR_NOT_FOUND, "no such name"),
    SIM_ERROR(CUDA_ERROR_NOT_READY, "not ready yet"),
    SIM_ERROR(CUDA_ERROR_ILLEGAL_ADDRESS, "an access to memory that is not allocated"),
    SIM_ERROR(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "the launch needs more than the device has"),
    SIM_ERROR(CUDA_ERROR_MISALIGNED_ADDRESS, "misaligned address"),
    SIM_ERROR(CUDA_ERROR_LAUNCH_FAILED, "a kernel failed"),
    SIM_ERROR(CUDA_ERROR_NOT_SUPPORTED, "not supported"),
    SIM_ERROR(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "not while a stream is captured"),
    SIM_ERROR(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "an earlier error spoilt the capture"),
    SIM_ERROR(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "the capture began in another stream"),
    SIM_ERROR(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "a stream that joined the capture was not joined back"),
    SIM_ERROR(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, "captured work would wait for work outside"),
    SIM_ERROR(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, "the default stream would wait for a captured one"),
    SIM_ERROR(CUDA_ERROR_CAPTURED_EVENT, "the event belongs to a capture"),
    SIM_ERROR(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, "the capture began in another thread"),
    SIM_ERROR(CUDA_ERROR_UNKNOWN, "unknown error"),
#undef SIM_ERROR
};

SIM_API CUresult cuGetErrorName(CUresult status, const char **name) {
  for (const auto &error : ERRORS) {
    if (error.status == status) {
      *name = error.name;
      return CUDA_SUCCESS;
    }
  }
  *name = nullptr;
  return CUDA_ERROR_INVALID_VALUE;
}

SIM_API CUresult cuGetErrorString(CUresult status, const char **text) {
  for (const auto &error : ERRORS) {
    if (error.status == status) {
      *text = error.text;
      return CUDA_SUCCESS;
    }
  }
  *text = nullptr;
  return CUDA_ERROR_INVALID_VALUE;
}

SIM_API CUresult cuDriverGetVersion(int *version) {
  *version = static_cast<int>(optionNumber("DRIVER_VERSION", 12060));
  return CUDA_SUCCESS;
}

SIM_API CUresult cuDeviceGetCount(int *number) {
  *number = optionNumber("NO_DEVICE", 0) != 0 ? 0 : 1;
  return CUDA_SUCCESS;
}

SIM_API CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  *device = ordinal;
  return ordinal == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

SIM_API CUresult cuDeviceGetName(char *name, int bytes, CUdevice device) {
  snprintf(name, static_cast<size_t>(bytes), "%s", option("NAME", "Simulated GPU"));
  return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

SIM_API CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
  int arch = static_cast<int>(optionNumber("ARCH", 90));
  const struct {
    int attribute, value;
  } known[] = {
      {1, 1024},                // threads in a block
      {2, 1024},                // ... along x, y, z
      {3, 1024},
      {4, 64},
      {5, 0x7FFFFFFF},          // blocks along x, y, z
      {6, 65535},
      {7, 65535},
      {8, 48 << 10},            // shared memory of a block
      {9, 64 << 10},            // constant memory
      {10, 32},                 // threads of a warp
      {12, 65536},              // registers of a block
      {13, 1000000},            // clock rate in kHz
      {16, static_cast<int>(optionNumber("MULTIPROCESSORS", 3))},
      {18, 0},                  // not integrated with the host
      {19, 0},                  // host memory cannot be mapped
      {20, 0},                  // compute mode: default
      {31, 1},                  // kernels side by side
      {32, 0},                  // no ECC
      {33, 0},                  // where on the bus
      {34, 0},
      {36, 1000000},            // memory clock in kHz
      {37, 64},                 // memory bus in bits
      {38, 1 << 20},            // L2 cache
      {39, 2048},               // threads of a multiprocessor
      {40, 1},                  // copy engines
      {41, 0},                  // no unified addresses
      {75, arch / 10},          // compute capability
      {76, arch % 10},
      {81, 64 << 10},           // shared memory of a multiprocessor
      {82, 65536},              // registers of a multiprocessor
      {95, 0},                  // no cooperative launches
      {97, 48 << 10},           // shared memory of a block, on request
      {115, 0},                 // no memory pools
  };
  if (device != 0) {
    return CUDA_ERROR_INVALID_DEVICE;
  }
  for (const auto &entry : known) {
    if (entry.attribute == attribute) {
      *value = entry.value;
      return CUDA_SUCCESS;
    }
  }
  return CUDA_ERROR_INVALID_VALUE;
}

float sim::bf16ToFloat(uint16_t bits) {
  uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  memcpy(&value, &wide, sizeof value);
  return value;
}

uint16_t sim::floatToBf16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bool isNan = (bits & 0x7FFFFFFFu) > 0x7F800000u;
  uint32_t rounded = isNan ? bits | 0x400000u : bits + 0x7FFFu + (bits >> 16 & 1u);
  return static_cast<uint16_t>(rounded >> 16);
}
