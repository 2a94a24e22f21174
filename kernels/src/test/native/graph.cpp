// Capture of streams into graphs, and their replay.
#include <pthread.h>

#include <algorithm>
#include <random>
#include <unordered_map>

#include "core.h"

namespace sim {
namespace {

using Nodes = std::shared_ptr<const std::vector<Node>>;

struct Graphs {
  std::unordered_map<CUgraph, Nodes> graphs;
  std::unordered_map<CUgraphExec, Nodes> execs;
  std::vector<std::shared_ptr<Capture>> captures;
  long handles = 0, replays = 0;
};
Graphs &graphs = *new Graphs;
Countdown failInstantiate("FAIL_INSTANTIATE_AFTER");

template <typename Handle>
Handle freshHandle() {
  return reinterpret_cast<Handle>(++graphs.handles << 4);
}

bool forbids(const Capture &capture) {
  return capture.mode == CU_STREAM_CAPTURE_MODE_GLOBAL ||
         (capture.mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL && capture.thread == pthread_self());
}

void leave(const std::shared_ptr<Capture> &capture) {
  for (auto &stream : capture->streams) {
    stream->capture = nullptr;
    stream->tips.clear();
  }
  capture->ended = true;
  graphs.captures.erase(std::find(graphs.captures.begin(), graphs.captures.end(), capture));
}

/** True if every node comes before one of the tips: other streams were joined again. */
bool joined(const Capture &capture) {
  std::vector<bool> reached(capture.nodes.size());
  for (int tip : capture.origin->tips) {
    reached[static_cast<size_t>(tip)] = true;
  }
  for (size_t i = reached.size(); i-- > 0;) {
    if (!reached[i]) {
      return false;
    }
    for (int before : capture.nodes[i].after) {
      reached[static_cast<size_t>(before)] = true;
    }
  }
  return true;
}

CUresult end(const std::shared_ptr<Stream> &stream, CUgraph *graph) {
  std::shared_ptr<Capture> capture = stream->capture;
  *graph = nullptr;
  if (capture == nullptr) {
    return CUDA_ERROR_ILLEGAL_STATE;
  }
  if (capture->origin != stream) {
    return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
  }
  if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED && capture->thread != pthread_self()) {
    return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
  }
  bool whole = joined(*capture);
  leave(capture);
  if (capture->invalid) {
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  }
  if (!whole) {
    return CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
  }
  *graph = freshHandle<CUgraph>();
  count("captures");
  count("captured_nodes", static_cast<long>(capture->nodes.size()));
  graphs.graphs.emplace(*graph, std::make_shared<const std::vector<Node>>(std::move(capture->nodes)));
  return CUDA_SUCCESS;
}

/** Runs nodes in the order of capture or, on request, in any that keeps what comes after what. */
void replay(const std::vector<Node> &nodes) {
  long seed = optionNumber("SHUFFLE", 0);
  if (seed == 0) {
    for (const Node &node : nodes) {
      perform(node.what, node.work);
    }
    return;
  }
  std::mt19937 random(static_cast<unsigned>(seed + ++graphs.replays));
  std::vector<size_t> missing(nodes.size());
  std::vector<std::vector<size_t>> then(nodes.size());
  std::vector<size_t> ready;
  for (size_t i = 0; i < nodes.size(); i++) {
    missing[i] = nodes[i].after.size();
    for (int before : nodes[i].after) {
      then[static_cast<size_t>(before)].push_back(i);
    }
    if (missing[i] == 0) {
      ready.push_back(i);
    }
  }
  while (!ready.empty()) {
    std::swap(ready[random() % ready.size()], ready.back());
    size_t at = ready.back();
    ready.pop_back();
    perform(nodes[at].what, nodes[at].work);
    for (size_t next : then[at]) {
      if (--missing[next] == 0) {
        ready.push_back(next);
      }
    }
  }
}

}  // namespace

CUresult record(const std::shared_ptr<Stream> &stream, const char *what, std::function<void()> work) {
  Capture &capture = *stream->capture;
  if (capture.invalid) {
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  }
  capture.nodes.push_back({what, work ? std::move(work) : [] {}, stream->tips});
  stream->tips = {static_cast<int>(capture.nodes.size()) - 1};
  return CUDA_SUCCESS;
}

CUresult refuseInCapture(const char *call) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  CUresult result = CUDA_SUCCESS;
  for (auto &capture : graphs.captures) {
    if (forbids(*capture)) {
      say("%s while a stream is captured", call);
      capture->invalid = true;
      result = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
  }
  return result;
}

CUresult refuseImplicit(const char *call) {
  for (auto &capture : graphs.captures) {
    say("%s on the default stream while another is captured", call);
    capture->invalid = true;
  }
  return graphs.captures.empty() ? CUDA_SUCCESS : CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
}

void releaseGraphs() {
  while (!graphs.captures.empty()) {
    leave(std::shared_ptr<Capture>(graphs.captures.back()));
  }
  graphs.graphs.clear();
  graphs.execs.clear();
}

}  // namespace sim

using namespace sim;

SIM_API CUresult cuStreamBeginCapture_v2(CUstream handle, CUstreamCaptureMode mode) {
  return api([&] {
    std::shared_ptr<Stream> stream = streamOf(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (stream == defaultStream()) {
      return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    if (stream->capture != nullptr) {
      return CUDA_ERROR_ILLEGAL_STATE;
    }
    stream->capture = std::make_shared<Capture>();
    stream->capture->mode = mode;
    stream->capture->origin = stream;
    stream->capture->thread = pthread_self();
    stream->capture->streams.push_back(stream);
    graphs.captures.push_back(stream->capture);
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuStreamIsCapturing(CUstream handle, CUstreamCaptureStatus *status) {
  return api([&] {
    std::shared_ptr<Stream> stream = streamOf(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    *status = stream->capture == nullptr     ? CU_STREAM_CAPTURE_STATUS_NONE
              : stream->capture->invalid ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
                                         : CU_STREAM_CAPTURE_STATUS_ACTIVE;
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuStreamEndCapture(CUstream handle, CUgraph *graph) {
  return api([&] {
    std::shared_ptr<Stream> stream = streamOf(handle);
    return stream == nullptr ? CUDA_ERROR_INVALID_HANDLE : end(stream, graph);
  });
}

SIM_API CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph, unsigned long long) {
  return api([&] {
    CUresult refused = refuseInCapture("cuGraphInstantiate");
    auto found = graphs.graphs.find(graph);
    if (refused != CUDA_SUCCESS || found == graphs.graphs.end()) {
      return refused != CUDA_SUCCESS ? refused : CUDA_ERROR_INVALID_VALUE;
    }
    if (failInstantiate.over()) {
      *exec = nullptr;
      return CUDA_ERROR_OUT_OF_MEMORY;
    }
    *exec = freshHandle<CUgraphExec>();
    graphs.execs.emplace(*exec, found->second);
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuGraphLaunch(CUgraphExec exec, CUstream handle) {
  return api([&] {
    auto found = graphs.execs.find(exec);
    std::shared_ptr<Stream> stream = streamOf(handle);
    if (found == graphs.execs.end() || stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    count("graph_launches");
    return push(stream, "cuGraphLaunch", [nodes = found->second] { replay(*nodes); });
  });
}

SIM_API CUresult cuGraphDestroy(CUgraph graph) {
  return api([&] { return graphs.graphs.erase(graph) == 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS; });
}

SIM_API CUresult cuGraphExecDestroy(CUgraphExec exec) {
  return api([&] { return graphs.execs.erase(exec) == 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS; });
}
