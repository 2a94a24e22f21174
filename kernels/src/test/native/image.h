// What the NVRTC stand-in hands out as a "cubin": this header, then a shared library.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sim {

struct ImageHeader {
  char magic[8];
  char build[24];  // of the simulator that compiled it: an older one's is compiled again
  int32_t arch;
  int32_t checked;  // compiled with the option CHECK
  uint64_t bytes;  // of the library
  uint64_t hash;
};

constexpr char IMAGE_MAGIC[9] = "SEMISIM1";
// What stands for PTX begins so; the same bytes follow, as hexadecimal digits.
constexpr char IMAGE_TEXT[] = "// PTX of the simulator: ";
constexpr uint64_t IMAGE_HASH_START = 0xCBF29CE484222325ULL;

/** FNV-1a, piece by piece. */
inline uint64_t imageHash(uint64_t hash, const char *data, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) {
    hash = (hash ^ static_cast<unsigned char>(data[i])) * 0x100000001B3ULL;
  }
  return hash;
}

}  // namespace sim
