package semigan.kernels;

import java.lang.management.ManagementFactory;

/** How much memory buffers on the host may take. */
public final class MemoryBudget {
  /**
   * Leaves room for the Java heap in use, the libraries' own memory, and the rest of the machine.
   */
  private static final double SHARE = 0.8;

  /** Java takes a quarter of the memory for its heap, unless it is told otherwise. */
  private static final int HEAPS_IN_MEMORY = 4;

  private MemoryBudget() {}

  /**
   * Bytes: a share of what the container (or, outside one, the machine) has. Not the heap's size,
   * which says nothing about memory outside it.
   */
  public static long ofHost() {
    return (long) (hostBytes() * SHARE);
  }

  /** What the container, or outside one the machine, has. */
  public static long hostBytes() {
    try {
      var system =
          (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      return system.getTotalMemorySize();
    } catch (NoClassDefFoundError e) { // a Java runtime cut down to less than the whole
      return HEAPS_IN_MEMORY * Runtime.getRuntime().maxMemory();
    }
  }
}
