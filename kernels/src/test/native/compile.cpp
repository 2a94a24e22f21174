#include "compile.h"

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "image.h"
#include "sim.h"
#include "source.h"

// The headers that a kernel file is compiled with travel inside of the library.
#define SIM_EMBED(symbol, file)                                                                    \
  asm(".section .rodata\n" #symbol ":\n.incbin \"" SIM_SOURCES "/" file "\"\n.byte 0\n.text\n"); \
  extern "C" __attribute__((visibility("hidden"))) const char symbol[];
SIM_EMBED(sim_check_h, "check.h")
SIM_EMBED(sim_block_h, "block.h")
SIM_EMBED(sim_device_h, "device.h")
SIM_EMBED(sim_device_math_h, "device_math.h")
SIM_EMBED(sim_entry_h, "entry.h")

extern char **environ;

namespace sim {
namespace {

constexpr size_t MOST_SHARED = 48 << 10;

std::string read(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const std::string &path, const std::string &text) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    mkdir(path.substr(0, slash).c_str(), 0700);
  }
  std::ofstream(path, std::ios::binary) << text;
}

std::string quoted(const std::string &word) {
  std::string text = "'";
  for (char c : word) {
    text += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return text + "'";
}

/** A folder that is gone when this is. */
class Folder {
 public:
  Folder() {
    const char *temporary = getenv("TMPDIR");
    path = std::string(temporary == nullptr || *temporary == 0 ? "/tmp" : temporary) + "/semigan-nvrtc-XXXXXX";
    made = mkdtemp(&path[0]) != nullptr;
  }
  ~Folder() {
    if (made) {
      run("rm -rf " + quoted(path), nullptr);
    }
  }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;

  /** Runs a shell command in the folder, its output appended to `log`. True if it succeeded. */
  bool run(const std::string &command, std::string *log) const {
    std::string line = "cd " + quoted(path) + " && { " + command + "; } > log 2>&1 < /dev/null";
    const char *words[] = {"/bin/sh", "-c", line.c_str(), nullptr};
    pid_t child;
    int status = -1;
    if (posix_spawn(&child, words[0], nullptr, nullptr, const_cast<char **>(words), environ) != 0 || waitpid(child, &status, 0) != child) {
      return false;
    }
    if (log != nullptr) {
      *log += read(path + "/log");
    }
    return status == 0;
  }

  std::string path;
  bool made;
};

/** The module around a kernel file. Its unnamed namespace makes every function and shared array of the file local. */
std::string wrap(const std::string &preprocessed, const std::vector<KernelName> &kernels, int arch) {
  std::ostringstream text;
  text << "#include \"sim/device.h\"\nnamespace {\n" << preprocessed << "\n}\n#include \"sim/entry.h\"\n";
  for (const KernelName &kernel : kernels) {
    text << "SIM_KERNEL(" << kernel.name << ")\n";
  }
  text << "static const SimKernel simKernels[] = {\n";
  for (const KernelName &kernel : kernels) {
    text << "SIM_KERNEL_ENTRY(" << kernel.name << ", " << kernel.maxThreads << ")\n";
  }
  text << "{}};\nSIM_MODULE(" << arch << ", " << kernels.size() << ")\n";
  return text.str();
}

/** Tells each kernel which shared arrays it has, as assembler: only there it is known. */
std::string sharedTables(const std::string &assembly, const std::vector<KernelName> &kernels, std::string *problems) {
  auto use = sharedUse(assembly);
  std::ostringstream text;
  text << "\t.section .data.rel.local,\"aw\"\n\t.balign 16\n";
  for (const KernelName &kernel : kernels) {
    size_t bytes = 0;
    text << "\t.globl sim_shared_" << kernel.name << "\n\t.hidden sim_shared_" << kernel.name << "\nsim_shared_" << kernel.name << ":\n";
    for (const auto &array : use["sim_run_" + kernel.name]) {
      text << "\t.quad " << array.first << ", " << array.second << "\n";
      bytes += array.second;
    }
    text << "\t.quad 0, 0\n";
    if (bytes > MOST_SHARED) {
      *problems += "error: kernel " + kernel.name + " uses " + std::to_string(bytes) + " bytes of shared memory, expected at most " +
                   std::to_string(MOST_SHARED) + "\n";
    }
  }
  return text.str();
}

std::string imageOf(const std::string &library, int arch, bool checked) {
  ImageHeader header{};
  memcpy(header.magic, IMAGE_MAGIC, sizeof header.magic);
  strncpy(header.build, SIM_BUILD, sizeof header.build - 1);
  header.arch = arch;
  header.checked = checked;
  header.bytes = library.size();
  header.hash = imageHash(IMAGE_HASH_START, library.data(), library.size());
  return std::string(reinterpret_cast<const char *>(&header), sizeof header) + library;
}

std::string joined(const std::vector<std::string> &words) {
  std::string line;
  for (const std::string &word : words) {
    line += " " + quoted(word);
  }
  return line;
}

}  // namespace

Compiled compile(const Source &source, int arch, const std::vector<std::string> &flags) {
  Compiled result;
  Folder folder;
  if (!folder.made) {
    result.log = "error: no temporary folder " + folder.path + " can be made\n";
    return result;
  }
  write(folder.path + "/sim/check.h", sim_check_h);
  write(folder.path + "/sim/block.h", sim_block_h);
  write(folder.path + "/sim/device.h", sim_device_h);
  write(folder.path + "/sim/device_math.h", sim_device_math_h);
  write(folder.path + "/sim/entry.h", sim_entry_h);
  write(folder.path + "/" + source.name, source.text);
  for (const auto &header : source.headers) {
    write(folder.path + "/" + header.first, header.second);
  }
  std::string compiler = option("CXX", "g++");
  bool checked = optionNumber("CHECK", 0) != 0;
  std::string preprocess = compiler + " -E -x c++ -std=c++17 -nostdinc -I. -D__CUDACC__ -D__CUDACC_RTC__ -D__CUDA_ARCH__=" + std::to_string(arch * 10) +
                           joined(flags) + " " + quoted(source.name) + " -o program.ii";
  if (!folder.run(preprocess, &result.log)) {
    return result;
  }
  std::string program = read(folder.path + "/program.ii"), problems;
  std::vector<KernelName> kernels = kernelsIn(program, &problems);
  write(folder.path + "/module.cpp", wrap(program, kernels, arch));
  std::string translate = compiler + " -S -x c++ -std=c++17 -O2 -fPIC -fvisibility=hidden -fno-exceptions -fno-rtti -fno-gnu-unique -fno-strict-aliasing -fno-math-errno"
                          " -ffp-contract=off -fno-asynchronous-unwind-tables -fno-stack-protector -w -I. module.cpp -o module.s" +
                          std::string(checked ? " -DSIM_CHECK -fsanitize=thread,alignment" : "");
  if (!folder.run(translate, &result.log)) {
    return result;
  }
  std::string assembly = read(folder.path + "/module.s");
  write(folder.path + "/module.s", assembly + sharedTables(assembly, kernels, &problems));
  result.log += problems;
  if (!problems.empty() || !folder.run(compiler + " -shared -s module.s -o module.so -lm", &result.log)) {
    return result;
  }
  result.image = imageOf(read(folder.path + "/module.so"), arch, checked);
  result.ok = true;
  count("compilations");
  return result;
}

}  // namespace sim
