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
 * @param workspaceLimit {@code semigan.cuda.workspace}: bytes that one convolution may use beside
 *     its operands
 * @param search {@code semigan.cuda.search}: whether cuDNN times its algorithms to choose one,
 *     where it is otherwise asked which it expects to be fast; a timing may choose otherwise in the
 *     next run, which then differs from this one in the last bits
 * @param libraries {@code semigan.cuda.libraries}: the folder in which NVIDIA's libraries are
 *     looked for first; null for the system's own places
 * @param kernelCache {@code semigan.cuda.cache}: where compiled kernels are kept
 * @param kernels {@code semigan.cuda.kernels}: a folder of kernels compiled before, {@code
 *     norm.cubin} or {@code norm.fatbin}, used instead of compiling; null for none
 */
record CudaOptions(
    int device,
    boolean tf32,
    boolean directEnds,
    long workspaceLimit,
    boolean search,
    Path libraries,
    Path kernelCache,
    Path kernels) {
  private static final long WORKSPACE = 256L << 20;

  /** From the system properties. */
  static CudaOptions ofSystem(int device) {
    return new CudaOptions(
        device,
        Boolean.getBoolean("semigan.cuda.tf32"),
        Boolean.getBoolean("semigan.cuda.directEnds"),
        Long.getLong("semigan.cuda.workspace", WORKSPACE),
        Boolean.getBoolean("semigan.cuda.search"),
        path("semigan.cuda.libraries", null),
        path("semigan.cuda.cache", Path.of(System.getProperty("user.home"), ".cache", "semigan")),
        path("semigan.cuda.kernels", null));
  }

  private static Path path(String property, Path otherwise) {
    String value = System.getProperty(property, "");
    return value.isEmpty() ? otherwise : Path.of(value);
  }
}
