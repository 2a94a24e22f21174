package semigan.kernels.cuda;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jcuda.driver.JCudaDriver;
import semigan.kernels.BackendUnavailableException;

/** Finds and loads NVIDIA's libraries, to which JCuda's natives link by name. */
final class CudaLibraries {
  private static final List<String> NAMES =
      List.of("libcuda.so.1", "libnvrtc.so.12", "libcublas.so.12", "libcudnn.so.9");

  private CudaLibraries() {}

  /**
   * Loads them; once is enough for a process.
   *
   * @throws BackendUnavailableException if one is missing or does not work
   */
  static synchronized void load(CudaOptions options) {
    try {
      if (options.libraries() != null) {
        for (String name : NAMES) {
          Path file = options.libraries().resolve(name).toAbsolutePath();
          if (Files.exists(file)) {
            System.load(file.toString());
          }
        }
      }
      JCudaDriver.setExceptionsEnabled(false);
      Status.check(JCudaDriver.cuInit(0), "cuInit");
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      throw new BackendUnavailableException(
          CudaBackend.NAME, "an NVIDIA driver", "none that loads", "install one", e);
    }
  }
}
