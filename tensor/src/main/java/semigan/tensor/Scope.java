package semigan.tensor;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.DType;

/**
 * Owns the tensors made inside it, and releases them when it closes. A new tensor belongs to the
 * innermost open scope of its thread.
 *
 * <pre>{@code
 * try (Scope step = Scope.open(device)) {
 *   Tensor loss = ...;
 *   total = step.keep(loss);
 * } // everything but total is gone
 * }</pre>
 */
public final class Scope implements AutoCloseable {
  private static final ThreadLocal<Scope> INNERMOST = new ThreadLocal<>();

  private final Backend device;
  private final Scope parent;
  private final Set<Storage> owned = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean left;
  private boolean closed;

  private Scope(Backend device, Scope parent) {
    this.device = device;
    this.parent = parent;
  }

  /** Opens a scope inside this thread's innermost one. */
  public static Scope open(Backend device) {
    Scope scope = new Scope(device, INNERMOST.get());
    INNERMOST.set(scope);
    return scope;
  }

  /** Memory for a new tensor of the innermost scope. */
  static Storage allocate(Backend device, DType type, long length) {
    Scope scope = INNERMOST.get();
    if (scope == null) {
      throw new IllegalStateException(
          "no scope is open on this thread: wrap the code in try (Scope scope = Scope.open(device))");
    }
    Buffer buffer = device.allocate(type, length);
    Storage storage = new Storage(device, buffer);
    scope.owned.add(storage);
    return storage;
  }

  public Backend device() {
    return device;
  }

  /**
   * Hands a tensor, with the rounded copy that may be kept beside it, to the scope around this one,
   * so that it outlives this one. Its history is cut: the tensors it was made from stay behind. A
   * tensor of an outer scope is left where it is.
   *
   * @return the tensor, without history
   * @throws IllegalStateException if there is no scope around this one
   */
  public Tensor keep(Tensor tensor) {
    handOut(tensor.storage());
    tensor.storage().rounded().ifPresent(this::handOut);
    return tensor.history() == null ? tensor : tensor.detach();
  }

  private void handOut(Storage storage) {
    if (owned.remove(storage)) {
      if (parent == null) {
        owned.add(storage);
        throw new IllegalStateException(
            "keep: this is the outermost scope; open one around it for what must live longer");
      }
      parent.owned.add(storage);
    }
  }

  /** Releases one tensor of this scope before the others. */
  void release(Storage storage) {
    if (owned.remove(storage)) {
      storage.release();
    }
  }

  /** Steps out of this scope; its tensors stay until {@link #close}, whatever is open then. */
  void leave() {
    if (INNERMOST.get() != this) {
      throw new IllegalStateException(
          "scopes must be closed innermost first, on the thread that opened them");
    }
    left = true;
    if (parent == null) {
      INNERMOST.remove();
    } else {
      INNERMOST.set(parent);
    }
  }

  /** Releases every tensor that was not kept, also where one of them cannot be released. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (!left) {
      leave();
    }
    closed = true;
    RuntimeException failure = null;
    for (Storage storage : owned) {
      try {
        storage.release();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    owned.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
