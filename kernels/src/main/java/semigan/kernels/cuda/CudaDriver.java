package semigan.kernels.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import semigan.kernels.BackendUnavailableException;

/** NVIDIA's driver: whether it is there, new enough, and finds a GPU. */
final class CudaDriver {
  /** What NVRTC and the libraries of CUDA 12 need at least: 12.0, as the driver says it. */
  private static final int OLDEST = 12000;

  /** There where the kernel's half of the driver is loaded, whatever became of the other. */
  private static final Path KERNEL_MODULE = Path.of("/proc/driver/nvidia/version");

  private static final Pattern RELEASE = Pattern.compile("Module\\s+(?:for x86_64\\s+)?([0-9.]+)");

  private CudaDriver() {}

  /** Whether a driver is installed, working or not. */
  static boolean isPresent(CudaOptions options) {
    if (Files.exists(KERNEL_MODULE)) {
      return true;
    }
    try {
      CudaLibraries.load(CudaLibrary.DRIVER, options);
      return true;
    } catch (BackendUnavailableException e) {
      return false;
    }
  }

  /**
   * Loads and starts it; again is harmless.
   *
   * @throws BackendUnavailableException if it is missing, too old, or finds no GPU
   */
  static void start(CudaOptions options) {
    CudaLibraries.load(CudaLibrary.DRIVER, options);
    JCudaDriver.setExceptionsEnabled(false);
    int version = version();
    if (version < OLDEST) {
      throw new BackendUnavailableException(
          CudaBackend.NAME, expected(), describe(version), mend(), null);
    }
    int result = JCudaDriver.cuInit(0);
    if (result == CUresult.CUDA_ERROR_NO_DEVICE) {
      throw new BackendUnavailableException(
          CudaBackend.NAME,
          "an NVIDIA GPU",
          "a driver (%s) that sees none".formatted(describe(version)),
          "nvidia-smi lists those there are; CUDA_VISIBLE_DEVICES hides those that it does not name",
          null);
    }
    if (!Status.isSuccess(result)) {
      throw new BackendUnavailableException(
          CudaBackend.NAME,
          "a driver that starts",
          "%s: %s".formatted(Status.name(result), Status.explanation(result)),
          "see whether nvidia-smi works; after an update of the driver, restart the machine",
          null);
    }
  }

  /** What is needed, for people. */
  static String expected() {
    return "an NVIDIA driver for CUDA %s (525) or newer".formatted(version(OLDEST));
  }

  /** How to get it. */
  static String mend() {
    return "update the driver";
  }

  /** CUDA's version that the loaded driver is for: 12060 for 12.6. */
  static int version() {
    int[] version = new int[1];
    JCudaDriver.cuDriverGetVersion(version);
    return version[0];
  }

  static boolean isNewEnough(int version) {
    return version >= OLDEST;
  }

  /** {@code 535.104.05 for CUDA 12.2}, or {@code one for CUDA 12.2}. */
  static String describe(int version) {
    return release() + " for CUDA " + version(version);
  }

  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  /** The driver's own number, where Linux tells; {@code one} elsewhere. */
  private static String release() {
    try {
      Matcher matcher = RELEASE.matcher(Files.readString(KERNEL_MODULE));
      return matcher.find() ? matcher.group(1) : "one";
    } catch (IOException e) {
      return "one";
    }
  }
}
