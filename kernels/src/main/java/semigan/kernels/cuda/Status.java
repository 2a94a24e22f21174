package semigan.kernels.cuda;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import semigan.kernels.DeviceFailureException;
import semigan.kernels.DeviceMemoryException;

/** Holds what a call to the driver returned against success. */
final class Status {
  private static final int SUCCESS = 0;

  private Status() {}

  /**
   * @param result of the call
   * @param call its name
   * @throws DeviceMemoryException if the device was too full for it
   * @throws DeviceFailureException if it failed otherwise; when the device is lost, so does every
   *     call after it
   */
  static void check(int result, String call) {
    if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw new DeviceMemoryException(CudaBackend.NAME, call);
    }
    if (result != SUCCESS) {
      throw new DeviceFailureException(CudaBackend.NAME, call, name(result), explanation(result));
    }
  }

  static boolean isSuccess(int result) {
    return result == SUCCESS;
  }

  /** The driver's name of a result: {@code CUDA_ERROR_OUT_OF_MEMORY}. */
  static String name(int result) {
    String[] name = new String[1];
    JCudaDriver.cuGetErrorName(result, name);
    return name[0] == null ? "error " + result : name[0] + " (" + result + ")";
  }

  /** The driver's words for it. */
  static String explanation(int result) {
    String[] text = new String[1];
    JCudaDriver.cuGetErrorString(result, text);
    return text[0] == null ? "the driver does not know this error" : text[0];
  }
}
