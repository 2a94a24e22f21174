package semigan.kernels;

import java.lang.management.ManagementFactory;

/** How much memory buffers on the host may take. */
public final class MemoryBudget {
  /**
   * Leaves room for the Java heap in use, the libraries' own memory, and the rest of the machine.
   */
  private static final double SHARE = 0.8;

  private MemoryBudget() {}

  /**
   * Bytes: a share of what the container (or, outside one, the machine) has. Not the heap's size,
   * which says nothing about memory outside it.
   */
  public static long ofHost() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return (long) (system.getTotalMemorySize() * SHARE);
  }
}
