package semigan.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import picocli.CommandLine.Option;
import semigan.gan.train.Precision;
import semigan.kernels.Backend;
import semigan.kernels.Backends;

/** On what device a {@link Workload} runs, and how. */
final class DeviceChoice {
  @Option(names = "--device", defaultValue = Backends.AUTO)
  private String device;

  @Option(
      names = "--eager",
      description = "calls every kernel of every step, also where the device could replay a step")
  private boolean eager;

  /** Opens the device for a workload's mode. */
  Backend open(Workload workload) {
    if (workload.mode().equals("tf32")) {
      System.setProperty("semigan.cuda.tf32", "true");
    }
    Backend backend = Backends.open(device);
    return eager ? withoutRecorder(backend) : backend;
  }

  /** How a workload's mode stores activations. */
  static Precision precision(Workload workload) {
    return switch (workload.mode()) {
      case "f32", "tf32" -> Precision.F32;
      case "bf16" -> Precision.BF16;
      default ->
          throw new IllegalArgumentException(
              "no mode '%s'; there are f32, tf32 and bf16".formatted(workload.mode()));
    };
  }

  private static Backend withoutRecorder(Backend backend) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("recorder")) {
                return Optional.empty();
              }
              try {
                return method.invoke(backend, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
