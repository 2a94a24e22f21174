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
import semigan.kernels.Requirement;

/** {@code doctor}. */
@Command(
    name = "doctor",
    description = "Shows what this machine has, which devices work, and how to mend the others.",
    sortOptions = false,
    footer = {"", "Example:", "  java -jar gan.jar doctor"})
final class DoctorCommand extends Verbosity implements Callable<Integer> {
  /** How one device is. */
  record Device(String name, boolean works, String description, List<Requirement> requirements) {}

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
            "device " + device.name(), word(device.works()), device.description());
        device.requirements().forEach(DoctorCommand::print);
      }
    }
    return devices.stream().anyMatch(DoctorCommand::isUsable) ? 0 : 1;
  }

  /** The reference is only for tests. */
  private static boolean isUsable(Device device) {
    return device.works() && !device.name().equals("reference");
  }

  private static String word(boolean works) {
    return works ? "works" : "missing";
  }

  private static void print(Requirement needed) {
    System.out.printf(
        "  %-14s %s: expected %s, found %s%s%s%n",
        needed.name(),
        word(needed.met()),
        needed.expected(),
        needed.found(),
        needed.where().isEmpty() ? "" : " at " + needed.where(),
        needed.mend().isEmpty() ? "" : "; " + needed.mend());
  }

  private static Device examine(String name) {
    List<Requirement> requirements = Backends.requirements(name);
    try (Backend backend = Backends.open(name)) {
      return new Device(name, true, backend.description(), requirements);
    } catch (BackendUnavailableException e) {
      return new Device(name, false, e.getMessage(), requirements);
    }
  }
}
