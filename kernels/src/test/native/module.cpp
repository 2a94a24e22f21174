// Modules: what the NVRTC stand-in compiled, loaded again.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

#include "core.h"
#include "image.h"

namespace sim {

struct Module {
  void *library;
  const SimModule *table;
  std::unordered_map<std::string, CUfunc_st> functions;
};

namespace {

std::unordered_map<CUmodule, std::unique_ptr<Module>> &modules = *new std::unordered_map<CUmodule, std::unique_ptr<Module>>;
/** Kept, so that no later handle equals one of theirs. */
std::vector<std::unique_ptr<Module>> &unloaded = *new std::vector<std::unique_ptr<Module>>;

/** Writes an image's library to a file. False if what is at `image` is not whole. */
bool unpack(const ImageHeader &header, const char *image, int file) {
  // write() refuses addresses that are not mapped, so an image cut short does no harm
  const char *from = image + sizeof header;
  for (size_t done = 0; done < header.bytes;) {
    ssize_t wrote = write(file, from + done, header.bytes - done);
    if (wrote <= 0) {
      return false;
    }
    done += static_cast<size_t>(wrote);
  }
  uint64_t hash = IMAGE_HASH_START;
  char piece[4096];
  lseek(file, 0, SEEK_SET);
  for (ssize_t got; (got = read(file, piece, sizeof piece)) > 0;) {
    hash = imageHash(hash, piece, static_cast<size_t>(got));
  }
  return hash == header.hash;
}

CUresult open(const char *path, CUmodule *handle) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  auto *table = library == nullptr ? nullptr : static_cast<const SimModule *>(dlsym(library, "sim_module"));
  if (table == nullptr) {
    say("a module that cannot be loaded: %s", dlerror());
    return CUDA_ERROR_INVALID_IMAGE;
  }
  *table->runtime = &runtime;
  auto module = std::make_unique<Module>();
  module->library = library;
  module->table = table;
  for (int i = 0; i < table->kernelCount; i++) {
    CUfunc_st function;
    function.module = table;
    function.kernel = &table->kernels[i];
    module->functions.emplace(function.kernel->name, function);
  }
  *handle = reinterpret_cast<CUmodule>(module.get());
  modules.emplace(*handle, std::move(module));
  count("modules");
  return CUDA_SUCCESS;
}

/** Loads an image that was compiled for this architecture or, as text, for one that is not newer. */
CUresult loadImage(CUmodule *handle, const char *image, bool text) {
  ImageHeader header;
  memcpy(&header, image, sizeof header);
  if (memcmp(header.magic, IMAGE_MAGIC, sizeof header.magic) != 0 || strncmp(header.build, SIM_BUILD, sizeof header.build) != 0 ||
      header.checked != (optionNumber("CHECK", 0) != 0)) {
    return CUDA_ERROR_INVALID_IMAGE;
  }
  long arch = optionNumber("ARCH", 90);
  if (header.arch > arch || (header.arch < arch && !text)) {
    return CUDA_ERROR_NO_BINARY_FOR_GPU;
  }
  char path[] = "/tmp/semigan-module-XXXXXX";
  int file = mkstemp(path);
  if (file < 0) {
    return CUDA_ERROR_UNKNOWN;
  }
  CUresult result = unpack(header, image, file) ? open(path, handle) : CUDA_ERROR_INVALID_IMAGE;
  close(file);
  unlink(path);
  return result;
}

int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

std::string fromText(const char *text) {
  std::string image;
  for (; digit(text[0]) >= 0 && digit(text[1]) >= 0; text += 2) {
    image += static_cast<char>(digit(text[0]) << 4 | digit(text[1]));
  }
  image.resize(std::max(image.size(), sizeof(ImageHeader)));
  return image;
}

CUresult load(CUmodule *handle, const void *image) {
  CUresult refused = refuseInCapture("cuModuleLoadData");
  if (refused != CUDA_SUCCESS || image == nullptr) {
    return refused != CUDA_SUCCESS ? refused : CUDA_ERROR_INVALID_VALUE;
  }
  const char *bytes = static_cast<const char *>(image);
  if (strncmp(bytes, IMAGE_TEXT, sizeof IMAGE_TEXT - 1) == 0) {
    return loadImage(handle, fromText(bytes + sizeof IMAGE_TEXT - 1).data(), true);
  }
  return loadImage(handle, bytes, false);
}

void unload(std::unique_ptr<Module> module) {
  dlclose(module->library);
  count("modules", -1);
  unloaded.push_back(std::move(module));
}

}  // namespace

bool known(CUfunction function) {
  for (auto &entry : modules) {
    for (auto &named : entry.second->functions) {
      if (&named.second == function) {
        return true;
      }
    }
  }
  return false;
}

void releaseModules() {
  for (auto &entry : modules) {
    unload(std::move(entry.second));
  }
  modules.clear();
}

}  // namespace sim

using namespace sim;

SIM_API CUresult cuModuleLoadData(CUmodule *module, const void *image) {
  return api([&] { return load(module, image); });
}

SIM_API CUresult cuModuleUnload(CUmodule module) {
  return api([&] {
    auto found = modules.find(module);
    if (found == modules.end()) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    runAll();  // what is queued may be of this module
    unload(std::move(found->second));
    modules.erase(found);
    return CUDA_SUCCESS;
  });
}

SIM_API CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  return api([&] {
    auto found = modules.find(module);
    if (found == modules.end()) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    auto named = found->second->functions.find(name);
    if (named == found->second->functions.end()) {
      return CUDA_ERROR_NOT_FOUND;
    }
    *function = &named->second;
    return CUDA_SUCCESS;
  });
}
