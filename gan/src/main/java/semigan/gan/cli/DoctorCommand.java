package semigan.gan.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import semigan.gan.store.Environment;
import semigan.kernels.Backend;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Backends;

/** {@code doctor}. */
@Command(
    name = "doctor",
    description = "Shows what this machine has, which devices work, and how to mend the others.",
    sortOptions = false,
    footer = {"", "Example:", "  java -jar gan.jar doctor"})
final class DoctorCommand extends Verbosity implements Callable<Integer> {
  /** How one device is. */
  record Device(String name, boolean works, String description) {}

  @Override
  public Integer call() {
    List<Device> devices = new ArrayList<>();
    for (String name : Backends.names()) {
      devices.add(examine(name));
    }
    Map<String, Object> environment = new LinkedHashMap<>(Environment.describe(List.of()));
    environment.remove("device");
    if (isJson()) {
      environment.put("devices", devices);
      System.out.println(Output.json(environment));
    } else {
      environment.forEach((name, value) -> System.out.printf("%-16s %s%n", name, value));
      for (Device device : devices) {
        System.out.printf(
            "%-16s %s: %s%n",
            "device " + device.name(), device.works() ? "works" : "missing", device.description());
      }
    }
    return devices.stream().anyMatch(device -> device.name().equals("cpu") && device.works())
        ? 0
        : 1;
  }

  private static Device examine(String name) {
    try (Backend backend = Backends.open(name)) {
      return new Device(name, true, backend.description());
    } catch (BackendUnavailableException e) {
      return new Device(name, false, e.getMessage());
    }
  }
}
