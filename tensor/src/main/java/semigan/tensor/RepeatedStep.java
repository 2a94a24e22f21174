package semigan.tensor;

import java.util.Optional;
import java.util.function.Supplier;
import semigan.kernels.Backend;
import semigan.kernels.Recorder;

/**
 * A computation that is repeated on the same tensors, as a training step is. A device that records
 * takes it as it is once, records it the second time, and from then on replays it without the host;
 * on any other it is called each time. Either way the results are the same bits.
 *
 * <p>The computation reads its inputs from tensors that live outside, and neither reads from the
 * device nor writes to it: what changes from run to run is written into those tensors before.
 *
 * @param <T> what it gives, made of tensors that belong to this step
 */
public final class RepeatedStep<T> implements AutoCloseable {
  private final Backend device;
  private final Supplier<T> computation;
  private final Optional<Recorder> recorder;
  private Scope scope;
  private T result;
  private boolean rehearsed;
  private boolean recorded;

  public RepeatedStep(Backend device, Supplier<T> computation) {
    this.device = device;
    this.computation = computation;
    this.recorder = device.recorder();
  }

  /** Queues one run. */
  public void run() {
    if (recorded) {
      recorder.get().launch();
      return;
    }
    release();
    if (recorder.isEmpty()) {
      compute();
    } else if (!rehearsed) {
      recorder.get().rehearse(this::compute);
      rehearsed = true;
    } else {
      record();
      recorder.get().launch();
    }
  }

  private void record() {
    try {
      recorder.get().record(this::compute);
      recorded = true;
    } finally {
      if (!recorded) {
        release(); // nothing of it was computed
      }
    }
  }

  private void compute() {
    Scope fresh = Scope.open(device);
    try {
      result = computation.get();
    } catch (RuntimeException | Error e) {
      fresh.close();
      throw e;
    }
    fresh.leave();
    scope = fresh;
  }

  /**
   * What the computation gave, holding the values of the newest run, until the next run or {@link
   * #release}.
   *
   * @throws IllegalStateException if there is none
   */
  public T result() {
    if (scope == null) {
      throw new IllegalStateException("there is no result: run the step first");
    }
    return result;
  }

  /** Frees what the newest run made. A recorded step keeps its memory, in which it runs again. */
  public void release() {
    if (scope != null && !recorded) {
      scope.close();
      scope = null;
      result = null;
    }
  }

  @Override
  public void close() {
    recorded = false;
    try {
      release();
    } finally {
      recorder.ifPresent(Recorder::close);
    }
  }
}
