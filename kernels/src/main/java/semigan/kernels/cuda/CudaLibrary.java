package semigan.kernels.cuda;

import java.util.List;

/** One of NVIDIA's libraries, and the half of JCuda that links to it. */
enum CudaLibrary {
  DRIVER(
      "libcuda",
      "libcuda.so.1",
      "nvcuda.dll",
      List.of(),
      "JCudaDriver",
      "install NVIDIA's driver, 525 or newer"),
  NVRTC(
      "NVRTC",
      "libnvrtc.so.12",
      "nvrtc64_120_0.dll",
      List.of("nvrtc-builtins"),
      "JNvrtc",
      "install NVRTC of CUDA 12"),
  CUBLAS(
      "cuBLAS",
      "libcublas.so.12",
      "cublas64_12.dll",
      List.of("cublasLt"),
      "JCublas2",
      "install cuBLAS of CUDA 12"),
  CUDNN(
      "cuDNN",
      "libcudnn.so.9",
      "cudnn64_9.dll",
      List.of(
          "cudnn_graph",
          "cudnn_ops",
          "cudnn_cnn",
          "cudnn_adv",
          "cudnn_heuristic",
          "cudnn_engines_precompiled",
          "cudnn_engines_runtime_compiled"),
      "JCudnn",
      "install cuDNN 9 for CUDA 12");

  private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

  private final String title;
  private final String linuxFile;
  private final String windowsFile;
  private final List<String> companions;
  private final String binding;
  private final String mend;

  CudaLibrary(
      String title,
      String linuxFile,
      String windowsFile,
      List<String> companions,
      String binding,
      String mend) {
    this.title = title;
    this.linuxFile = linuxFile;
    this.windowsFile = windowsFile;
    this.companions = companions;
    this.binding = binding;
    this.mend = mend;
  }

  /** The name that people know. */
  String title() {
    return title;
  }

  /** Its file, with the version that JCuda's natives link to. */
  String file() {
    return WINDOWS ? windowsFile : linuxFile;
  }

  /** {@code libcublas.so} or {@code cublas64_}: how the file of any version begins. */
  String anyVersion() {
    return WINDOWS
        ? windowsFile.replaceAll("64_.*", "64_")
        : linuxFile.substring(0, linuxFile.lastIndexOf('.'));
  }

  /** {@code libcublas} or {@code cublas}: how its file and those of all its parts begin. */
  String family() {
    return WINDOWS ? windowsFile.replaceAll("64_.*", "") : linuxFile.replaceAll("\\.so.*", "");
  }

  /**
   * How the files begin that the library opens by name from where it lies: they are loaded before
   * it, so that it finds them wherever that is.
   */
  List<String> companions() {
    return companions.stream().map(name -> WINDOWS ? name + "64_" : "lib" + name + ".so").toList();
  }

  /** JCuda's half, without version and system. */
  String binding() {
    return binding;
  }

  /** How to get it. */
  String mend() {
    return this == DRIVER
        ? mend
        : "%s, or build with -Pcuda-redist, or give its folder by -D%s=FOLDER"
            .formatted(mend, CudaOptions.LIBRARIES);
  }

  /** Whether it comes in the redistributable jar; a driver comes with its hardware. */
  boolean isRedistributable() {
    return this != DRIVER;
  }
}
