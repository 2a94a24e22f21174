package semigan.kernels.cpu;

import java.util.ArrayList;
import java.util.List;

/**
 * How primitives are shared out among the threads.
 *
 * @param threads at most as many shares there are
 * @param leastWork elements moved from which a second thread pays for its hand-over
 */
record Sharing(int threads, long leastWork) {
  /** A grain for elements that lie one behind another: whole lines of the cache. */
  static final long LINE = 64;

  /** Multiplications that take as long as moving an element. */
  private static final long MULTIPLICATIONS = 16;

  /** So many multiplications, in elements moved. */
  static long work(long multiplications) {
    return multiplications / MULTIPLICATIONS;
  }

  /**
   * The shares of an axis, one for each thread that is worth it.
   *
   * @param extent elements of the axis
   * @param grain of which a share, but for the last one, is a multiple
   * @param work elements moved, or as much work as that
   */
  List<Stretch> of(long extent, long grain, long work) {
    long grains = (extent + grain - 1) / grain;
    long parts = work < leastWork ? 1 : Math.min(threads, grains);
    List<Stretch> shares = new ArrayList<>();
    for (long i = 0; i < parts; i++) {
      long from = grains * i / parts * grain;
      long to = Math.min(extent, grains * (i + 1) / parts * grain);
      shares.add(new Stretch(from, to - from));
    }
    return shares;
  }
}
