package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.isSuccess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.libraryPropertyType;
import jcuda.nvrtc.JNvrtc;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Requirement;

/** All that the CUDA backend needs of a machine, each looked for, whatever else is missing. */
final class CudaRequirements {
  private static final Pattern VERSION_IN_NAME = Pattern.compile("\\.so\\.([0-9]+\\.[0-9.]+)$");

  private final CudaOptions options;

  private CudaRequirements(CudaOptions options) {
    this.options = options;
  }

  static List<Requirement> of(CudaOptions options) {
    CudaRequirements these = new CudaRequirements(options);
    List<Requirement> all = new ArrayList<>(List.of(these.driver()));
    for (CudaLibrary library : CudaLibrary.values()) {
      all.add(these.library(library));
    }
    all.add(these.cache());
    return List.copyOf(all);
  }

  private Requirement driver() {
    String name = "NVIDIA driver";
    String expected = "for CUDA 12.0 (525) or newer";
    try {
      CudaLibraries.load(CudaLibrary.DRIVER, options);
    } catch (BackendUnavailableException e) {
      return new Requirement(name, false, expected, "none", "", CudaLibrary.DRIVER.mend());
    }
    int version = CudaDriver.version();
    String found = CudaDriver.describe(version);
    try {
      CudaDriver.start(options);
      return new Requirement(name, true, expected, found, "", "");
    } catch (BackendUnavailableException e) {
      return CudaDriver.isNewEnough(version)
          ? new Requirement(name, false, e.expected(), e.found(), "", e.mend())
          : new Requirement(name, false, expected, found, "", e.mend());
    }
  }

  private Requirement library(CudaLibrary library) {
    String expected = library.file();
    try {
      String where = CudaLibraries.load(library, options);
      return new Requirement(library.title(), true, expected, version(library, where), where, "");
    } catch (BackendUnavailableException e) {
      return new Requirement(library.title(), false, expected, e.found(), "", e.mend());
    }
  }

  private static String version(CudaLibrary library, String file) {
    return switch (library) {
      case DRIVER -> fromName(file);
      case NVRTC -> nvrtcVersion();
      case CUBLAS -> cublasVersion(file);
      case CUDNN -> cudnnVersion(JCudnn.cudnnGetVersion());
    };
  }

  private static String nvrtcVersion() {
    int[] major = new int[1];
    int[] minor = new int[1];
    JNvrtc.nvrtcVersion(major, minor);
    return major[0] + "." + minor[0];
  }

  private static String cublasVersion(String file) {
    int[] part = new int[1];
    List<String> parts = new ArrayList<>();
    for (int property :
        new int[] {
          libraryPropertyType.MAJOR_VERSION,
          libraryPropertyType.MINOR_VERSION,
          libraryPropertyType.PATCH_LEVEL
        }) {
      if (!isSuccess(JCublas2.cublasGetProperty(property, part))) {
        return fromName(file);
      }
      parts.add(Integer.toString(part[0]));
    }
    return String.join(".", parts);
  }

  /** 90500 is 9.5.0. */
  static String cudnnVersion(long number) {
    return "%d.%d.%d".formatted(number / 10000, number / 100 % 100, number % 100);
  }

  /** The version that a link leads to, or the file's name. */
  private static String fromName(String file) {
    Matcher matcher = VERSION_IN_NAME.matcher(file);
    return matcher.find() ? matcher.group(1) : Path.of(file).getFileName().toString();
  }

  private Requirement cache() {
    Path folder = options.cache();
    String name = "kernel cache";
    String expected = "a folder that can be written";
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "doctor", ".tmp"));
      return new Requirement(name, true, expected, "one", folder.toString(), "");
    } catch (IOException e) {
      return new Requirement(
          name,
          false,
          expected,
          "one that cannot be: kernels are compiled at every start",
          folder.toString(),
          "make it writable, or name another by -D%s=FOLDER".formatted(CudaOptions.CACHE));
    }
  }
}
