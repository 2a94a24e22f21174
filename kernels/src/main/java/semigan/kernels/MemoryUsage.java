package semigan.kernels;

/**
 * A device's memory at one moment, in bytes.
 *
 * @param live handed out and not yet released
 * @param peak the largest that {@code live} has been
 * @param cached released, and kept for reuse, or set apart for recorded work
 * @param budget what {@code live} and {@code cached} together may reach
 */
public record MemoryUsage(long live, long peak, long cached, long budget) {}
