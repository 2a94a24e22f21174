// Runs queued work so that a wild address ends the work, not the process: the host process is somebody's virtual machine,
// whose own handler is called for every fault that is not ours.
#include <csetjmp>
#include <csignal>
#include <cstdio>

#include "grid.h"

namespace sim {
namespace {

thread_local sigjmp_buf *escape = nullptr;
Fault &caught = *new Fault;
struct sigaction otherwise[64];

void onSignal(int signal, siginfo_t *info, void *context) {
  if (escape != nullptr) {
    char text[96];
    if (signal == SIGFPE) {
      snprintf(text, sizeof text, "a division of an integer by zero");
      caught.status = CUDA_ERROR_LAUNCH_FAILED;
    } else if (info->si_code == SI_KERNEL) {  // what x86 says of a vector's address too
      snprintf(text, sizeof text, "an access to a misaligned address, or to none that can be");
      caught.status = CUDA_ERROR_MISALIGNED_ADDRESS;
    } else {
      snprintf(text, sizeof text, "an access to address %p", info->si_addr);
      caught.status = CUDA_ERROR_ILLEGAL_ADDRESS;
    }
    caught.message = text;
    siglongjmp(*escape, 1);
  }
  const struct sigaction &other = otherwise[signal];
  if ((other.sa_flags & SA_SIGINFO) != 0) {
    other.sa_sigaction(signal, info, context);
  } else if (other.sa_handler != SIG_DFL && other.sa_handler != SIG_IGN) {
    other.sa_handler(signal);
  } else {
    sigaction(signal, &other, nullptr);  // the instruction faults again, and ends the process
  }
}

void install() {
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE}) {
    struct sigaction ours = {};
    sigaction(signal, nullptr, &otherwise[signal]);
    ours.sa_mask = otherwise[signal].sa_mask;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    ours.sa_sigaction = onSignal;
    sigaction(signal, &ours, nullptr);
  }
}

}  // namespace

void fault(CUresult status, const std::string &message) {
  caught.status = status;
  caught.message = message;
  siglongjmp(*escape, 1);
}

Fault guarded(const std::function<void()> &work) {
  static const bool installed = (install(), true);
  (void)installed;
  sigjmp_buf here;
  sigjmp_buf *volatile outer = escape;
  if (sigsetjmp(here, 1) == 0) {
    escape = &here;
    work();
    escape = outer;
    return {};
  }
  escape = outer;
  return caught;
}

}  // namespace sim
