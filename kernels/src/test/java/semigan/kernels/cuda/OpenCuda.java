package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import org.opentest4j.TestAbortedException;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Buffer;
import semigan.kernels.DType;

/** A CUDA backend with chosen options, or none: then the test that asks for one is aborted. */
final class OpenCuda {
  private OpenCuda() {}

  /**
   * @param options {@code name=value} of system properties that begin with {@code semigan.cuda.}
   */
  static CudaBackend with(String... options) {
    for (String option : options) {
      String[] parts = option.split("=", 2);
      System.setProperty("semigan.cuda." + parts[0], parts[1]);
    }
    try {
      return new CudaBackend(0);
    } catch (BackendUnavailableException absent) {
      String required = System.getProperty("semigan.require", "");
      if (Arrays.asList(required.split(",")).contains(CudaBackend.NAME)) {
        return fail("cuda is required by -Dsemigan.require", absent);
      }
      throw new TestAbortedException(absent.getMessage(), absent);
    } finally {
      for (String option : options) {
        System.clearProperty("semigan.cuda." + option.split("=", 2)[0]);
      }
    }
  }

  /** A buffer that holds these values. */
  static Buffer buffer(CudaBackend cuda, DType type, float... values) {
    Buffer buffer = cuda.allocate(type, values.length);
    cuda.write(values, 0, buffer);
    return buffer;
  }

  /** What a buffer holds. */
  static float[] values(CudaBackend cuda, Buffer buffer) {
    float[] values = new float[(int) buffer.length()];
    cuda.read(buffer, values, 0);
    return values;
  }
}
