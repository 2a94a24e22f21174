package semigan.gan.data;

/** Hears how a data set's reading goes. Called from several threads; both methods do nothing. */
public interface DataListener {
  /** Ignores everything. */
  DataListener SILENT = new DataListener() {};

  /** So many of the images have been read. */
  default void progress(int done, int total) {}

  /** Something was wrong, yet not so wrong that reading stopped. */
  default void warning(String message) {}
}
