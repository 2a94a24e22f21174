package semigan.kernels.cuda;

import java.nio.file.Path;

/**
 * What can be chosen of the CUDA backend, by system properties.
 *
 * @param device index of the GPU
 * @param tf32 {@code semigan.cuda.tf32}: whether F32 products and convolutions may round their
 *     inputs to TF32 (10 bits of fraction), for speed; off unless asked for
 * @param directEnds {@code semigan.cuda.directEnds}: whether convolutions with up to four image
 *     channels at one end use our own kernels rather than cuDNN
 * @param workspace {@code semigan.cuda.workspace}: bytes that one convolution may use beside its
 *     operands, where cuDNN can do it with so few; null for what {@link #workspaceLimit} says
 * @param search {@code semigan.cuda.search}: whether cuDNN times its algorithms to choose one,
 *     where it is otherwise asked which it expects to be fast; a timing may choose otherwise in the
 *     next run, which then differs from this one in the last bits
 * @param libraries {@code semigan.cuda.libraries}, or the environment's {@code
 *     SEMIGAN_CUDA_LIBRARIES}: the folder in which NVIDIA's libraries are looked for first; null
 *     for none
 * @param cache {@code semigan.cuda.cache}: where compiled kernels and unpacked libraries are kept
 * @param kernels {@code semigan.cuda.kernels}: a folder of kernels compiled before, {@code
 *     norm.cubin} or {@code norm.fatbin}, used instead of compiling; null for none
 */
record CudaOptions(
    int device,
    boolean tf32,
    boolean directEnds,
    Long workspace,
    boolean search,
    Path libraries,
    Path cache,
    Path kernels) {
  static final String LIBRARIES = "semigan.cuda.libraries";
  static final String CACHE = "semigan.cuda.cache";
  static final String KERNELS = "semigan.cuda.kernels";

  /** What a small GPU can spare for a convolution too. */
  private static final long LEAST_WORKSPACE = 256L << 20;

  /** The share of a large GPU's memory that a convolution may use. */
  private static final int WORKSPACE_SHARE = 16;

  /** From the system properties. */
  static CudaOptions ofSystem(int device) {
    return new CudaOptions(
        device,
        Boolean.getBoolean("semigan.cuda.tf32"),
        Boolean.getBoolean("semigan.cuda.directEnds"),
        Long.getLong("semigan.cuda.workspace"),
        Boolean.getBoolean("semigan.cuda.search"),
        path(LIBRARIES, orElse(System.getenv("SEMIGAN_CUDA_LIBRARIES"), null)),
        path(CACHE, Path.of(System.getProperty("user.home"), ".cache", "semigan", "cuda")),
        path(KERNELS, null));
  }

  /**
   * Bytes that one convolution may use beside its operands.
   *
   * @param memory bytes that the GPU has
   */
  long workspaceLimit(long memory) {
    return workspace == null ? Math.max(LEAST_WORKSPACE, memory / WORKSPACE_SHARE) : workspace;
  }

  private static Path path(String property, Path otherwise) {
    return orElse(System.getProperty(property), otherwise);
  }

  private static Path orElse(String value, Path otherwise) {
    return value == null || value.isEmpty()
        ? otherwise
        : Path.of(value).toAbsolutePath().normalize();
  }
}
