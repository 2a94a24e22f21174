package semigan.kernels;

/** The CUDA device for tests outside of this package. */
public final class CudaDevice {
  private CudaDevice() {}

  /** A backend of the test's own, to be closed by it; aborts the test where there is none. */
  public static Backend open() {
    new Device("cuda", DType.F32).backend();
    return Backends.open("cuda");
  }
}
