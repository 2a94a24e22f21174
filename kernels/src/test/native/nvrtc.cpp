// libnvrtc.so.12 of the simulator.
#include <cstring>
#include <memory>
#include <mutex>

#include "compile.h"
#include "image.h"
#include "sim.h"

enum nvrtcResult : int {
  NVRTC_SUCCESS = 0,
  NVRTC_ERROR_INVALID_INPUT = 3,
  NVRTC_ERROR_INVALID_PROGRAM = 4,
  NVRTC_ERROR_INVALID_OPTION = 5,
  NVRTC_ERROR_COMPILATION = 6,
  NVRTC_ERROR_INTERNAL_ERROR = 11,
};

struct Program {
  sim::Source source;
  bool virtualArch = false;
  sim::Compiled compiled;
};
typedef Program *nvrtcProgram;

namespace {

constexpr int ARCHS[] = {50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90};

std::mutex mutex;

struct Options {
  int arch = 52;
  bool virtualArch = false;  // PTX only
  std::vector<std::string> flags;
};

bool startsWith(const std::string &text, const char *prefix) { return text.compare(0, strlen(prefix), prefix) == 0; }

/** The value of an option that can be given in several ways, after the sign "=" or at once. */
bool valueOf(const std::string &option, std::initializer_list<const char *> names, std::string *value) {
  for (const char *name : names) {
    if (startsWith(option, name)) {
      *value = option.substr(strlen(name));
      return true;
    }
  }
  return false;
}

/** How many of the architectures it knows: an older NVRTC on request. */
int knownArchs() {
  long newest = sim::optionNumber("NVRTC_NEWEST", 90);
  int number = 0;
  for (int arch : ARCHS) {
    number += arch <= newest;
  }
  return number;
}

bool understand(const std::string &option, Options *options, std::string *log) {
  std::string value;
  if (valueOf(option, {"--gpu-architecture=", "-arch="}, &value)) {
    for (int i = 0; i < knownArchs(); i++) {
      std::string arch = std::to_string(ARCHS[i]);
      options->arch = ARCHS[i];
      options->virtualArch = value == "compute_" + arch;
      if (options->virtualArch || value == "sm_" + arch || value == "sm_" + arch + "a") {
        return true;
      }
    }
  } else if (valueOf(option, {"--define-macro=", "-D"}, &value)) {
    options->flags.push_back("-D" + value);
    return true;
  } else if (valueOf(option, {"--include-path=", "-I"}, &value)) {
    options->flags.push_back("-I" + value);
    return true;
  } else if (valueOf(option, {"--fmad=", "-fmad="}, &value)) {
    if (value == "true" || value == "false") {
      return true;
    }
  } else if (option == "--std=c++17" || option == "-std=c++17" || option == "--generate-line-info" || option == "-lineinfo" || option == "-w") {
    return true;
  }
  *log = "error: unknown option '" + option + "'\n";
  return false;
}

/** What stands for PTX: the same image as text, since PTX passes through strings. */
std::string ptxOf(const std::string &image) {
  static const char digits[] = "0123456789abcdef";
  std::string text = sim::IMAGE_TEXT;
  for (char c : image) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[c & 15];
  }
  return text + "\n";
}

nvrtcResult copyOut(const std::string &bytes, char *to) {
  memcpy(to, bytes.data(), bytes.size());
  return NVRTC_SUCCESS;
}

}  // namespace

SIM_API nvrtcResult nvrtcVersion(int *major, int *minor) {
  *major = 12;
  *minor = 6;
  return NVRTC_SUCCESS;
}

SIM_API const char *nvrtcGetErrorString(nvrtcResult result) {
  switch (result) {
    case NVRTC_SUCCESS:
      return "NVRTC_SUCCESS";
    case NVRTC_ERROR_INVALID_INPUT:
      return "NVRTC_ERROR_INVALID_INPUT";
    case NVRTC_ERROR_INVALID_PROGRAM:
      return "NVRTC_ERROR_INVALID_PROGRAM";
    case NVRTC_ERROR_INVALID_OPTION:
      return "NVRTC_ERROR_INVALID_OPTION";
    case NVRTC_ERROR_COMPILATION:
      return "NVRTC_ERROR_COMPILATION";
    case NVRTC_ERROR_INTERNAL_ERROR:
      return "NVRTC_ERROR_INTERNAL_ERROR";
  }
  return "NVRTC_ERROR unknown";
}

SIM_API nvrtcResult nvrtcGetNumSupportedArchs(int *number) {
  *number = knownArchs();
  return NVRTC_SUCCESS;
}

SIM_API nvrtcResult nvrtcGetSupportedArchs(int *archs) {
  memcpy(archs, ARCHS, static_cast<size_t>(knownArchs()) * sizeof ARCHS[0]);
  return NVRTC_SUCCESS;
}

SIM_API nvrtcResult nvrtcCreateProgram(nvrtcProgram *program, const char *source, const char *name, int headers, const char *const *texts,
                                       const char *const *names) {
  if (program == nullptr || source == nullptr || headers < 0) {
    return NVRTC_ERROR_INVALID_INPUT;
  }
  auto made = std::make_unique<Program>();
  made->source.text = source;
  made->source.name = name == nullptr || *name == 0 ? "default_program" : name;
  for (int i = 0; i < headers; i++) {
    made->source.headers.emplace_back(names[i], texts[i]);
  }
  *program = made.release();
  return NVRTC_SUCCESS;
}

SIM_API nvrtcResult nvrtcDestroyProgram(nvrtcProgram *program) {
  if (program == nullptr || *program == nullptr) {
    return NVRTC_ERROR_INVALID_PROGRAM;
  }
  delete *program;
  *program = nullptr;
  return NVRTC_SUCCESS;
}

SIM_API nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int number, const char *const *given) {
  if (program == nullptr) {
    return NVRTC_ERROR_INVALID_PROGRAM;
  }
  if (sim::refuseInCapture("nvrtcCompileProgram") != CUDA_SUCCESS) {
    return NVRTC_ERROR_INTERNAL_ERROR;
  }
  Options options;
  program->compiled = {};
  for (int i = 0; i < number; i++) {
    if (!understand(given[i], &options, &program->compiled.log)) {
      return NVRTC_ERROR_INVALID_OPTION;
    }
  }
  std::lock_guard<std::mutex> lock(mutex);
  program->virtualArch = options.virtualArch;
  program->compiled = sim::compile(program->source, options.arch, options.flags);
  return program->compiled.ok ? NVRTC_SUCCESS : NVRTC_ERROR_COMPILATION;
}

SIM_API nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t *bytes) {
  *bytes = program == nullptr ? 0 : program->compiled.log.size() + 1;
  return program == nullptr ? NVRTC_ERROR_INVALID_PROGRAM : NVRTC_SUCCESS;
}

SIM_API nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char *log) {
  if (program == nullptr) {
    return NVRTC_ERROR_INVALID_PROGRAM;
  }
  memcpy(log, program->compiled.log.c_str(), program->compiled.log.size() + 1);
  return NVRTC_SUCCESS;
}

/** A program that was compiled, for an architecture of hardware where asked. */
static bool has(nvrtcProgram program, bool binary) {
  return program != nullptr && program->compiled.ok && !(binary && program->virtualArch);
}

SIM_API nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t *bytes) {
  *bytes = has(program, true) ? program->compiled.image.size() : 0;
  return has(program, false) ? NVRTC_SUCCESS : NVRTC_ERROR_INVALID_PROGRAM;
}

SIM_API nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char *image) {
  return has(program, true) ? copyOut(program->compiled.image, image) : NVRTC_ERROR_INVALID_PROGRAM;
}

SIM_API nvrtcResult nvrtcGetPTXSize(nvrtcProgram program, size_t *bytes) {
  *bytes = has(program, false) ? ptxOf(program->compiled.image).size() + 1 : 0;
  return has(program, false) ? NVRTC_SUCCESS : NVRTC_ERROR_INVALID_PROGRAM;
}

SIM_API nvrtcResult nvrtcGetPTX(nvrtcProgram program, char *text) {
  if (!has(program, false)) {
    return NVRTC_ERROR_INVALID_PROGRAM;
  }
  std::string ptx = ptxOf(program->compiled.image);
  return copyOut(std::string(ptx.c_str(), ptx.size() + 1), text);
}
