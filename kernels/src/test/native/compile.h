// Compiles CUDA sources with the host's compiler.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace sim {

struct Source {
  std::string name, text;
  std::vector<std::pair<std::string, std::string>> headers;  // name, text
};

struct Compiled {
  bool ok = false;
  std::string log;
  std::string image;  // what cuModuleLoadData takes
};

/** `flags` are definitions and include folders, as g++ takes them. */
Compiled compile(const Source &source, int arch, const std::vector<std::string> &flags);

}  // namespace sim
