package semigan.kernels.cuda;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import semigan.kernels.BackendUnavailableException;

/**
 * NVIDIA's compiler, set up for one architecture. For a GPU that it knows it makes machine code;
 * for a newer one PTX of the newest that it knows, from which the driver makes machine code.
 */
final class Nvrtc {
  private final int capability;
  private final boolean machineCode;
  private final String[] arguments;

  /**
   * @param device compute capability of the GPU: 90 for 9.0
   * @throws BackendUnavailableException if the GPU is too old for it
   */
  Nvrtc(int device) {
    this(device, supported());
  }

  Nvrtc(int device, int[] known) {
    machineCode = known.length == 0 || Arrays.stream(known).anyMatch(one -> one == device);
    capability =
        machineCode
            ? device
            : Arrays.stream(known)
                .filter(one -> one < device)
                .max()
                .orElseThrow(() -> tooOld(device, known));
    arguments =
        new String[] {
          "--gpu-architecture=" + (machineCode ? "sm_" : "compute_") + capability, "--std=c++17"
        };
  }

  private static BackendUnavailableException tooOld(int device, int[] known) {
    int oldest = Arrays.stream(known).min().orElseThrow();
    return new BackendUnavailableException(
        CudaBackend.NAME,
        "a GPU of compute capability %d.%d or newer".formatted(oldest / 10, oldest % 10),
        "one of %d.%d, for which NVRTC %s does not compile"
            .formatted(device / 10, device % 10, version()),
        "use --device cpu",
        null);
  }

  private static int[] supported() {
    int[] count = new int[1];
    check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] known = new int[count[0]];
    check(JNvrtc.nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs");
    return known;
  }

  /** {@code 12.6}. */
  static String version() {
    int[] major = new int[1];
    int[] minor = new int[1];
    check(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
    return major[0] + "." + minor[0];
  }

  /** All but the sources that its output depends on. */
  String setting() {
    return version() + " " + String.join(" ", arguments);
  }

  /**
   * What the driver loads.
   *
   * @param file name of the source, for the compiler's messages
   * @throws BackendUnavailableException if it does not compile
   */
  byte[] compile(String file, String source) {
    nvrtcProgram program = new nvrtcProgram();
    String[] names = KernelSources.headers();
    check(
        JNvrtc.nvrtcCreateProgram(
            program, source, file, names.length, KernelSources.headerTexts(), names),
        "nvrtcCreateProgram");
    try {
      int result = JNvrtc.nvrtcCompileProgram(program, arguments.length, arguments);
      if (!Status.isSuccess(result)) {
        throw failed(program, file, result);
      }
      return machineCode ? machineCode(program) : ptx(program);
    } finally {
      JNvrtc.nvrtcDestroyProgram(program);
    }
  }

  private BackendUnavailableException failed(nvrtcProgram program, String file, int result) {
    String[] log = {""};
    JNvrtc.nvrtcGetProgramLog(program, log);
    return new BackendUnavailableException(
        CudaBackend.NAME,
        "NVRTC %s to compile %s with %s".formatted(version(), file, String.join(" ", arguments)),
        "%s: %s".formatted(JNvrtc.nvrtcGetErrorString(result), log[0].strip()),
        "use NVRTC 12.6, or give compiled kernels by -D%s=FOLDER".formatted(CudaOptions.KERNELS),
        null);
  }

  private static byte[] machineCode(nvrtcProgram program) {
    long[] size = new long[1];
    check(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
    byte[] code = new byte[Math.toIntExact(size[0])];
    check(JNvrtc.nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN");
    return code;
  }

  /** With the zero at its end by which the driver knows where that is. */
  private static byte[] ptx(nvrtcProgram program) {
    String[] text = new String[1];
    check(JNvrtc.nvrtcGetPTX(program, text), "nvrtcGetPTX");
    return (text[0].replace("\0", "") + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private static void check(int result, String call) {
    if (!Status.isSuccess(result)) {
      throw new IllegalStateException(
          "cuda: %s failed: %s".formatted(call, JNvrtc.nvrtcGetErrorString(result)));
    }
  }
}
