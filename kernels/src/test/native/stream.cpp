// Streams: queues that run only when something waits for them, so that a missing wait shows as old data.
#include <random>
#include <unordered_map>

#include "core.h"

namespace sim {
namespace {

constexpr size_t LONGEST_QUEUE = 4096;  // then a launch waits for the oldest, as on hardware

struct Streams {
  std::shared_ptr<Stream> byDefault = std::make_shared<Stream>();
  std::unordered_map<CUstream, std::shared_ptr<Stream>> handles;
  std::vector<std::shared_ptr<Stream>> destroyed;  // with work left
  long pushes = 0;
};
Streams &streams = *new Streams;

Mark endOf(const std::shared_ptr<Stream> &stream) { return {stream, stream->queued}; }

bool busy(const std::shared_ptr<Stream> &stream) { return stream->done < stream->queued; }

/** What the default stream's old rule adds: it waits for all blocking streams, and they for it. */
void addImplicit(const std::shared_ptr<Stream> &stream, std::vector<Mark> &after) {
  if (stream == streams.byDefault) {
    for (auto &entry : streams.handles) {
      if (entry.second->blocking && busy(entry.second)) {
        after.push_back(endOf(entry.second));
      }
    }
    for (auto &old : streams.destroyed) {
      if (old->blocking && busy(old)) {
        after.push_back(endOf(old));
      }
    }
  } else if (stream->blocking && busy(streams.byDefault)) {
    after.push_back(endOf(streams.byDefault));
  }
}

/** With the option EAGER half of the work runs at once, so that a stream overtakes those that it does not wait for. */
bool early() {
  long seed = optionNumber("EAGER", 0);
  return seed != 0 && std::mt19937(static_cast<unsigned>(seed + ++streams.pushes))() % 2 == 0;
}

}  // namespace

const std::shared_ptr<Stream> &defaultStream() { return streams.byDefault; }

std::shared_ptr<Stream> streamOf(CUstream handle) {
  if (handle == nullptr || handle == CU_STREAM_LEGACY) {
    return streams.byDefault;
  }
  auto found = streams.handles.find(handle);
  return found == streams.handles.end() ? nullptr : found->second;
}

void perform(const char *what, const std::function<void()> &work) {
  if (!work || lost() != CUDA_SUCCESS) {
    return;
  }
  Fault fault = guarded(work);
  if (fault.status != CUDA_SUCCESS) {
    lose(fault.status, std::string(what) + ": " + fault.message);
  }
}

void runUntil(const Mark &mark) {
  Stream &stream = *mark.stream;
  while (stream.done < mark.sequence) {
    Task task = std::move(stream.queue.front());
    stream.queue.pop_front();
    for (const Mark &before : task.after) {
      runUntil(before);
    }
    perform(task.what, task.work);
    stream.done++;
  }
}

void runAll() {
  runUntil(endOf(streams.byDefault));
  for (auto &entry : streams.handles) {
    runUntil(endOf(entry.second));
  }
  for (auto &old : streams.destroyed) {
    runUntil(endOf(old));
  }
  streams.destroyed.clear();
}

CUresult push(const std::shared_ptr<Stream> &stream, const char *what, std::function<void()> work, std::vector<Mark> after) {
  if (stream->capture != nullptr) {
    return record(stream, what, std::move(work));
  }
  if (stream == streams.byDefault) {
    CUresult refused = refuseImplicit(what);
    if (refused != CUDA_SUCCESS) {
      return refused;
    }
  }
  addImplicit(stream, after);
  stream->queue.push_back({what, std::move(work), std::move(after)});
  stream->queued++;
  if (early()) {
    runUntil(endOf(stream));
  } else if (stream->queue.size() > LONGEST_QUEUE) {
    runUntil({stream, stream->done + 1});
  }
  return CUDA_SUCCESS;
}

void releaseStreams() {
  count("streams", -static_cast<long>(streams.handles.size()));
  streams.handles.clear();
  streams.destroyed.clear();
}

CUresult enqueue(CUstream handle, const char *what, std::function<void()> work) {
  return api([&] {
    std::shared_ptr<Stream> stream = streamOf(handle);
    return stream == nullptr ? CUDA_ERROR_INVALID_HANDLE : push(stream, what, std::move(work));
  });
}

CUresult synchronize(CUstream handle) {
  return api([&] {
    CUresult refused = refuseInCapture("cuStreamSynchronize");
    if (refused != CUDA_SUCCESS) {
      return refused;
    }
    std::shared_ptr<Stream> stream = streamOf(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    std::vector<Mark> after;
    addImplicit(stream, after);
    for (const Mark &before : after) {
      if (stream == streams.byDefault) {
        runUntil(before);
      }
    }
    runUntil(endOf(stream));
    checkGuards(false);
    return lost();
  });
}

}  // namespace sim

using namespace sim;

SIM_API CUresult cuStreamCreate(CUstream *handle, unsigned flags) {
  return api([&] {
    if ((flags & ~CU_STREAM_NON_BLOCKING) != 0) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    auto stream = std::make_shared<Stream>();
    stream->blocking = (flags & CU_STREAM_NON_BLOCKING) == 0;
    *handle = reinterpret_cast<CUstream>(stream.get());
    streams.handles.emplace(*handle, std::move(stream));
    count("streams");
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuStreamDestroy_v2(CUstream handle) {
  return api([&] {
    auto found = streams.handles.find(handle);
    if (found == streams.handles.end()) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (busy(found->second)) {
      streams.destroyed.push_back(found->second);
    }
    streams.handles.erase(found);
    count("streams", -1);
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuStreamSynchronize(CUstream handle) { return synchronize(handle); }
