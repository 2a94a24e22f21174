package semigan.kernels;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import semigan.kernels.cpu.CpuBackend;
import semigan.kernels.reference.ReferenceBackend;

/**
 * A backend and the type in which it stores images, weights and their gradients. Backends stay open
 * for the whole run. One that this machine lacks skips its tests, or fails them if the system
 * property {@code semigan.require} lists its name.
 *
 * @param options system properties as {@code name=value}, set while the backend opens, with spaces
 *     between them
 */
record Device(String backendName, DType type, String options) {
  private static final String SHARED =
      "%s=3 %s=1".formatted(CpuBackend.THREADS, CpuBackend.LEAST_SHARED);

  private static final Map<String, Backend> OPEN = new ConcurrentHashMap<>();

  Device(String backendName, DType type) {
    this(backendName, type, "");
  }

  /** The processor also with three threads, which share out everything, and nothing evenly. */
  static Stream<Device> all() {
    return Backends.names().stream()
        .flatMap(Device::types)
        .flatMap(
            device ->
                device.backendName().equals(CpuBackend.NAME)
                    ? Stream.of(device, device.with(SHARED))
                    : Stream.of(device));
  }

  /** The names that {@code -Dsemigan.require=a,b} lists. */
  static List<String> required() {
    return Arrays.stream(System.getProperty("semigan.require", "").split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  static Backend reference() {
    return open(ReferenceBackend.NAME);
  }

  /** The same backend, opened with other options. */
  Device with(String options) {
    return new Device(backendName, type, options);
  }

  /** The same type on the reference. */
  Device onReference() {
    return new Device(ReferenceBackend.NAME, type);
  }

  /** The backend; aborts the test that asks if this machine lacks it. */
  Backend backend() {
    try {
      return open(backendName, options);
    } catch (BackendUnavailableException absent) {
      if (required().contains(backendName)) {
        return fail(backendName + " is required by -Dsemigan.require", absent);
      }
      throw new TestAbortedException(absent.getMessage(), absent);
    }
  }

  @Override
  public String toString() {
    return "%s %s %s".formatted(backendName, type, options).strip();
  }

  /** F64 is left out: only the reference has it, and {@code ReferenceTest} is about that. */
  private static Stream<Device> types(String name) {
    try {
      Backend backend = open(name);
      return Stream.of(DType.F32, DType.BF16)
          .filter(backend::supports)
          .map(type -> new Device(name, type));
    } catch (BackendUnavailableException absent) {
      return Stream.of(new Device(name, DType.F32));
    }
  }

  private static Backend open(String name) {
    return open(name, "");
  }

  private static Backend open(String name, String options) {
    return OPEN.computeIfAbsent(
        name + options,
        key -> {
          List<String[]> properties =
              Arrays.stream(options.split(" "))
                  .filter(option -> !option.isEmpty())
                  .map(option -> option.split("="))
                  .toList();
          properties.forEach(property -> System.setProperty(property[0], property[1]));
          try {
            return Backends.open(name);
          } finally {
            properties.forEach(property -> System.clearProperty(property[0]));
          }
        });
  }
}
