package semigan.gan.data;

/** Hears how a data set's reading goes. */
@FunctionalInterface
public interface DataListener {
  /** Ignores everything. */
  DataListener SILENT = message -> {};

  /** Something was wrong, yet not so wrong that reading stopped. */
  void warning(String message);
}
