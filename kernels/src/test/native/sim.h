// What libcuda.so.1 of the simulator offers to the other stand-ins (cuBLAS, cuDNN, NVRTC), which link against it.
#pragma once
#include <functional>

#include "driver.h"

#define SIM_INNER __attribute__((visibility("default")))

namespace sim {

/**
 * Queues host work on a stream, in order, as if it were a kernel. While the stream is captured the work goes into the graph
 * instead and runs at every replay, so it must own (copy) all that it uses and leave its captures as they were.
 * `what` names it in messages. Answers CUDA_SUCCESS or why nothing was queued (a lost device, work on the default stream
 * during capture); the caller then returns its library's "execution failed".
 * Device memory may be read and written only inside `work`: streams are lazy, so before that it holds older values.
 */
SIM_INNER CUresult enqueue(CUstream stream, const char *what, std::function<void()> work);

/**
 * For calls that hardware refuses during capture (allocating, synchronising, searching for algorithms): if a capture forbids
 * them, invalidates that capture, prints which call it was, and answers CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED.
 */
SIM_INNER CUresult refuseInCapture(const char *call);

/**
 * If not ok, prints "simulator: ..." to stderr and loses the device: until its context is released every call fails with
 * CUDA_ERROR_ILLEGAL_ADDRESS. Answers ok. Also usable inside queued work, which should then return at once.
 */
SIM_INNER bool require(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** The error that the device was lost with, or CUDA_SUCCESS. */
SIM_INNER CUresult lost();

/** True if the whole range lies inside one live device allocation. An empty range does if its address is not null. */
SIM_INNER bool onDevice(const void *p, size_t bytes);

/** Runs what is queued on this stream, and what that depends on. */
SIM_INNER CUresult synchronize(CUstream stream);

/** BF16 to float and back, rounding to nearest even; a NaN stays a NaN. */
SIM_INNER float bf16ToFloat(uint16_t bits);
SIM_INNER uint16_t floatToBf16(float value);

/** The option SEMIGAN_SIM_<name>: what semigan_sim_set last said, else the environment, else `otherwise`. */
SIM_INNER const char *option(const char *name, const char *otherwise);
SIM_INNER long optionNumber(const char *name, long otherwise);

/** Adds to a counter that semigan_sim_counter(name) reads. */
SIM_INNER void count(const char *name, long by = 1);

}  // namespace sim

/** Sets an option while the program runs; a null value takes it back to the environment's. */
SIM_API void semigan_sim_set(const char *name, const char *value);
/** A counter: allocations, live_bytes, peak_bytes, launches, graph_launches, captures, ... 0 for one never counted. */
SIM_API long semigan_sim_counter(const char *name);
