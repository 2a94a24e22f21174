// Events: places in a stream, or in a capture.
#include <unordered_map>

#include "core.h"

namespace sim {
namespace {

struct Event {
  Mark mark;
  std::shared_ptr<Capture> capture;
  std::vector<int> tips;
};

std::unordered_map<CUevent, std::shared_ptr<Event>> &events = *new std::unordered_map<CUevent, std::shared_ptr<Event>>;

bool passed(const Event &event) { return event.mark.stream == nullptr || event.mark.stream->done >= event.mark.sequence; }

template <typename Body>
CUresult withEvent(CUevent handle, Body body) {
  return api([&] {
    auto found = events.find(handle);
    return found == events.end() ? CUDA_ERROR_INVALID_HANDLE : body(*found->second);
  });
}

CUresult recordEvent(Event &event, const std::shared_ptr<Stream> &stream) {
  if (stream->capture != nullptr) {
    if (stream->capture->invalid) {
      return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    }
    event.capture = stream->capture;
    event.tips = stream->tips;
    return CUDA_SUCCESS;
  }
  CUresult pushed = push(stream, "cuEventRecord", {});
  if (pushed == CUDA_SUCCESS) {
    event.capture = nullptr;
    event.mark = {stream, stream->queued};
  }
  return pushed;
}

/** Makes a stream come after an event of a capture; one that is not captured yet joins it. */
CUresult join(const std::shared_ptr<Stream> &stream, const Event &event) {
  Capture &capture = *event.capture;
  if (stream->capture != nullptr && stream->capture != event.capture) {
    capture.invalid = stream->capture->invalid = true;
    return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
  }
  if (stream == defaultStream()) {
    capture.invalid = true;
    return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
  }
  if (stream->capture == nullptr) {
    stream->capture = event.capture;
    stream->tips.clear();
    capture.streams.push_back(stream);
  }
  for (int tip : event.tips) {
    bool known = false;
    for (int mine : stream->tips) {
      known |= mine == tip;
    }
    if (!known) {
      stream->tips.push_back(tip);
    }
  }
  return CUDA_SUCCESS;
}

CUresult waitEvent(const std::shared_ptr<Stream> &stream, const Event &event) {
  if (event.capture != nullptr && event.capture->ended) {
    say("a stream waits for an event of a capture that has ended");
    if (stream->capture != nullptr) {
      stream->capture->invalid = true;
    }
    return CUDA_ERROR_CAPTURED_EVENT;
  }
  if (event.capture != nullptr) {
    return join(stream, event);
  }
  if (stream->capture != nullptr && event.mark.stream != nullptr) {
    say("a captured stream waits for an event from outside of the capture");
    stream->capture->invalid = true;
    return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
  }
  return passed(event) ? CUDA_SUCCESS : push(stream, "cuStreamWaitEvent", {}, {event.mark});
}

}  // namespace

void releaseEvents() {
  count("events", -static_cast<long>(events.size()));
  events.clear();
}

}  // namespace sim

using namespace sim;

SIM_API CUresult cuEventCreate(CUevent *handle, unsigned) {
  return api([&] {
    auto event = std::make_shared<Event>();
    *handle = reinterpret_cast<CUevent>(event.get());
    events.emplace(*handle, std::move(event));
    count("events");
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuEventDestroy_v2(CUevent handle) {
  return api([&] {
    if (events.erase(handle) == 0) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    count("events", -1);
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuEventRecord(CUevent handle, CUstream streamHandle) {
  return withEvent(handle, [&](Event &event) {
    std::shared_ptr<Stream> stream = streamOf(streamHandle);
    return stream == nullptr ? CUDA_ERROR_INVALID_HANDLE : recordEvent(event, stream);
  });
}

SIM_API CUresult cuStreamWaitEvent(CUstream streamHandle, CUevent handle, unsigned) {
  return withEvent(handle, [&](Event &event) {
    std::shared_ptr<Stream> stream = streamOf(streamHandle);
    return stream == nullptr ? CUDA_ERROR_INVALID_HANDLE : waitEvent(stream, event);
  });
}

SIM_API CUresult cuEventSynchronize(CUevent handle) {
  return withEvent(handle, [&](Event &event) {
    if (event.capture != nullptr) {
      event.capture->invalid = true;
      return CUDA_ERROR_CAPTURED_EVENT;
    }
    CUresult refused = refuseInCapture("cuEventSynchronize");
    if (refused != CUDA_SUCCESS || event.mark.stream == nullptr) {
      return refused;
    }
    runUntil(event.mark);
    checkGuards(false);
    return lost();
  });
}

/** What is not ready comes nearer by one piece of work, so that asking again and again comes to an end. */
SIM_API CUresult cuEventQuery(CUevent handle) {
  return withEvent(handle, [&](Event &event) {
    if (event.capture != nullptr) {
      event.capture->invalid = true;
      return CUDA_ERROR_CAPTURED_EVENT;
    }
    CUresult refused = refuseInCapture("cuEventQuery");
    if (refused != CUDA_SUCCESS || passed(event)) {
      return refused;
    }
    runUntil({event.mark.stream, event.mark.stream->done + 1});
    return lost() != CUDA_SUCCESS ? lost() : CUDA_ERROR_NOT_READY;
  });
}
