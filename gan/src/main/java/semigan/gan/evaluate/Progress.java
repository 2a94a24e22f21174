package semigan.gan.evaluate;

/** Hears how far a long computation is. */
@FunctionalInterface
public interface Progress {
  Progress SILENT = (done, total) -> {};

  /** After every piece; the last time with {@code done == total}. */
  void at(long done, long total);
}
