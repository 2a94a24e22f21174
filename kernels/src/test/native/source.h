// Reads CUDA sources, as far as the NVRTC stand-in must.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace sim {

struct KernelName {
  std::string name;
  int maxThreads;  // of its __launch_bounds__, or 1024
};

/** The kernels of a preprocessed source: what follows extern "C" __global__ void. Adds to `problems` what it cannot take. */
std::vector<KernelName> kernelsIn(const std::string &source, std::string *problems);

/** The shared arrays that each function of an assembler file uses, itself or in what it calls: names and bytes. */
std::map<std::string, std::map<std::string, size_t>> sharedUse(const std::string &assembly);

}  // namespace sim
