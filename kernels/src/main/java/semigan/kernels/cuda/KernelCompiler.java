package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import semigan.kernels.BackendUnavailableException;

/**
 * Gets our kernels into the GPU that is there: those that were compiled before and given in a
 * folder, or else the sources, compiled once, and kept under a name that changes with the sources,
 * the compiler and the GPU's architecture.
 */
final class KernelCompiler {
  /** What the driver says of kernels that are damaged, or not for this GPU or this driver. */
  private static final Set<Integer> UNUSABLE =
      Set.of(
          CUresult.CUDA_ERROR_INVALID_IMAGE,
          CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
          CUresult.CUDA_ERROR_INVALID_PTX,
          CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
          CUresult.CUDA_ERROR_INVALID_SOURCE);

  private final Path given;
  private final int capability;
  private final Nvrtc compiler;
  private final KernelCache cache;

  private KernelCompiler(CudaOptions options, int capability, Nvrtc compiler) {
    this.given = options.kernels();
    this.capability = capability;
    this.compiler = compiler;
    this.cache = new KernelCache(options.cache());
  }

  /**
   * @param capability compute capability of the current GPU: 90 for 9.0
   * @throws BackendUnavailableException if NVRTC does not compile for it, or, where compiled
   *     kernels are given, if one is missing or not for it
   */
  static KernelCompiler open(CudaOptions options, int capability) {
    if (options.kernels() == null) {
      return new KernelCompiler(options, capability, new Nvrtc(capability));
    }
    KernelCompiler compiler = new KernelCompiler(options, capability, null);
    for (String file : KernelSources.names()) {
      check(JCudaDriver.cuModuleUnload(compiler.load(file)), "cuModuleUnload");
    }
    return compiler;
  }

  /**
   * The kernels of one source, loaded.
   *
   * @param file without {@code .cu}
   * @throws BackendUnavailableException if they cannot be compiled or loaded
   */
  CUmodule load(String file) {
    return given == null ? loadCompiled(file) : loadGiven(file);
  }

  private CUmodule loadCompiled(String file) {
    CUmodule module = new CUmodule();
    String source = KernelSources.read(file);
    String name =
        file
            + "-"
            + key(compiler.setting(), String.join("\0", KernelSources.headerTexts()), source);
    byte[] kept = cache.find(name);
    if (kept != null && tryLoad(module, kept) == CUresult.CUDA_SUCCESS) {
      return module;
    }
    byte[] binary = compiler.compile(file + ".cu", source);
    int result = tryLoad(module, binary);
    if (result != CUresult.CUDA_SUCCESS) {
      throw new BackendUnavailableException(
          CudaBackend.NAME,
          "a driver that loads what NVRTC %s makes of %s.cu".formatted(Nvrtc.version(), file),
          "%s from the one for %s"
              .formatted(Status.name(result), CudaDriver.describe(CudaDriver.version())),
          CudaDriver.mend(),
          null);
    }
    cache.keep(name, binary);
    return module;
  }

  private CUmodule loadGiven(String file) {
    Path binary = given.resolve(file + ".cubin");
    if (!Files.exists(binary)) {
      binary = given.resolve(file + ".fatbin");
    }
    CUmodule module = new CUmodule();
    int result;
    try {
      result = tryLoad(module, Files.readAllBytes(binary));
    } catch (IOException e) {
      throw unusable(file, Files.exists(binary) ? e.toString() : "neither", e);
    }
    if (result == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU) {
      throw unusable(file, binary + " without any for it", null);
    }
    if (result != CUresult.CUDA_SUCCESS) {
      throw unusable(file, binary + ", which holds none: " + Status.name(result), null);
    }
    return module;
  }

  private BackendUnavailableException unusable(String file, String found, Throwable cause) {
    return new BackendUnavailableException(
        CudaBackend.NAME,
        "kernels for sm_%d in %s.cubin or %s.fatbin in %s".formatted(capability, file, file, given),
        found,
        "compile them with -arch=sm_%d, or have it done here: leave -D%s out"
            .formatted(capability, CudaOptions.KERNELS),
        cause);
  }

  /** Success, or what is wrong with the kernels; any other failure is thrown. */
  private static int tryLoad(CUmodule module, byte[] binary) {
    int result = JCudaDriver.cuModuleLoadData(module, binary);
    if (!UNUSABLE.contains(result)) {
      check(result, "cuModuleLoadData");
    }
    return result;
  }

  private static String key(String... parts) {
    byte[] all = String.join("\0", List.of(parts)).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(KernelCache.digest(all), 0, 12);
  }
}
