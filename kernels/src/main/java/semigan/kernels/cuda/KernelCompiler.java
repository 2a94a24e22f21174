package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import semigan.kernels.BackendUnavailableException;

/**
 * Compiles our kernels for the GPU that is there, once: what was compiled is kept in a folder,
 * under a name that changes with the sources, the compiler and the GPU's architecture.
 */
final class KernelCompiler {
  private final CudaOptions options;
  private final int capability;

  KernelCompiler(CudaOptions options, int capability) {
    this.options = options;
    this.capability = capability;
  }

  /**
   * The kernels of one source, loaded.
   *
   * @throws BackendUnavailableException if they cannot be compiled or loaded
   */
  CUmodule load(String file) {
    CUmodule module = new CUmodule();
    Path kept = options.kernelCache().resolve(file + "-" + key(file) + ".cubin");
    if (Files.exists(kept)) {
      try {
        if (Status.isSuccess(JCudaDriver.cuModuleLoadData(module, Files.readAllBytes(kept)))) {
          return module;
        }
      } catch (IOException e) {
        // It is compiled again, and written over.
      }
    }
    byte[] binary = compile(file);
    keep(binary, kept);
    check(JCudaDriver.cuModuleLoadData(module, binary), "loading %s.cu".formatted(file));
    return module;
  }

  private byte[] compile(String file) {
    nvrtcProgram program = new nvrtcProgram();
    nvrtc(
        JNvrtc.nvrtcCreateProgram(
            program,
            KernelSources.read(file),
            file + ".cu",
            KernelSources.headers().length,
            KernelSources.headerTexts(),
            KernelSources.headers()),
        "nvrtcCreateProgram");
    String[] arguments = arguments();
    int result = JNvrtc.nvrtcCompileProgram(program, arguments.length, arguments);
    if (!Status.isSuccess(result)) {
      String[] log = new String[1];
      JNvrtc.nvrtcGetProgramLog(program, log);
      throw new BackendUnavailableException(
          CudaBackend.NAME,
          "NVRTC to compile %s.cu for sm_%d".formatted(file, capability),
          JNvrtc.nvrtcGetErrorString(result) + ": " + log[0],
          "update libnvrtc, or give compiled kernels by -Dsemigan.cuda.kernels=FOLDER",
          null);
    }
    long[] size = new long[1];
    nvrtc(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
    byte[] binary = new byte[Math.toIntExact(size[0])];
    nvrtc(JNvrtc.nvrtcGetCUBIN(program, binary), "nvrtcGetCUBIN");
    JNvrtc.nvrtcDestroyProgram(program);
    return binary;
  }

  private String[] arguments() {
    return new String[] {"--gpu-architecture=sm_" + capability, "--std=c++17"};
  }

  private String key(String file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      int[] major = new int[1];
      int[] minor = new int[1];
      nvrtc(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
      String made =
          String.join("\0", arguments())
              + "\0"
              + major[0]
              + "."
              + minor[0]
              + "\0"
              + String.join("\0", KernelSources.headerTexts())
              + "\0"
              + KernelSources.read(file);
      byte[] hash = digest.digest(made.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keep(byte[] binary, Path file) {
    try {
      Files.createDirectories(file.getParent());
      Path fresh = Files.createTempFile(file.getParent(), "compiled", ".tmp");
      Files.write(fresh, binary);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // The kernels work all the same; the next start compiles them again.
    }
  }

  private static void nvrtc(int result, String call) {
    if (!Status.isSuccess(result)) {
      throw new IllegalStateException(
          "cuda: %s failed: %s".formatted(call, JNvrtc.nvrtcGetErrorString(result)));
    }
  }
}
