package semigan.tensor;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.DType;

/**
 * Numbers on a device, in row-major order, with a shape. It remembers how it was made, so that
 * {@link #backward} can follow that back. Operations never change a tensor; optimisers do, in
 * place, between steps.
 */
public final class Tensor {
  private final Backend device;
  private final Shape shape;
  private final Storage storage;
  private final History history;

  private Tensor(Backend device, Shape shape, Storage storage, History history) {
    this.device = device;
    this.shape = shape;
    this.storage = storage;
    this.history = history;
  }

  /** Uninitialised, for an operation to fill; it belongs to the innermost scope. */
  public static Tensor empty(Backend device, DType type, Shape shape) {
    return new Tensor(device, shape, Scope.allocate(device, type, shape.elements()), null);
  }

  /**
   * Every element {@code value}.
   *
   * @throws IllegalArgumentException if {@code type} is not a floating-point type
   */
  public static Tensor full(Backend device, DType type, Shape shape, float value) {
    requireFloatingPoint("full", type, shape);
    return filled(device, type, shape, value);
  }

  /** Of any type. */
  public static Tensor zeros(Backend device, DType type, Shape shape) {
    return filled(device, type, shape, 0);
  }

  private static Tensor filled(Backend device, DType type, Shape shape, float value) {
    Tensor tensor = empty(device, type, shape);
    device.elementwise().fill(tensor.buffer(), value);
    return tensor;
  }

  /**
   * An F32 tensor with the given values.
   *
   * @throws IllegalArgumentException if the shape does not hold that many
   */
  public static Tensor of(Backend device, Shape shape, float... values) {
    requireLength(shape, values.length);
    Tensor tensor = empty(device, DType.F32, shape);
    device.write(values, 0, tensor.buffer());
    return tensor;
  }

  /** An F64 tensor with the given values, where the device has that type. */
  public static Tensor of(Backend device, Shape shape, double... values) {
    requireLength(shape, values.length);
    Tensor tensor = empty(device, DType.F64, shape);
    device.write(values, 0, tensor.buffer());
    return tensor;
  }

  /** An I32 tensor with the given values: labels. */
  public static Tensor of(Backend device, Shape shape, int... values) {
    requireLength(shape, values.length);
    Tensor tensor = empty(device, DType.I32, shape);
    device.write(values, 0, tensor.buffer());
    return tensor;
  }

  private static void requireLength(Shape shape, int length) {
    if (shape.elements() != length) {
      throw new IllegalArgumentException(
          "tensor: %d values do not fill the shape %s, which holds %d"
              .formatted(length, shape, shape.elements()));
    }
  }

  /**
   * The same elements seen with another shape, without history: no gradient passes. {@code reshape}
   * is this with a gradient.
   *
   * @throws IllegalArgumentException if {@code other} holds another number of elements
   */
  public Tensor view(Shape other) {
    if (other.elements() != elements()) {
      throw new IllegalArgumentException(
          "view: %s holds %d elements but %s holds %d"
              .formatted(shape, elements(), other, other.elements()));
    }
    return new Tensor(device, other, storage, null);
  }

  /** The same elements without history: no gradient passes. */
  public Tensor detach() {
    return new Tensor(device, shape, storage, null);
  }

  /**
   * This tensor, remembering how it was made. Called once, by the operation that made it.
   *
   * @param operation its name in messages
   * @param inputs every tensor that {@code backward} may send a gradient to
   */
  public Tensor madeBy(String operation, List<Tensor> inputs, Backward backward) {
    return new Tensor(device, shape, storage, History.of(operation, inputs, backward));
  }

  public Backend device() {
    return device;
  }

  public Shape shape() {
    return shape;
  }

  public DType type() {
    return storage.buffer().type();
  }

  /** Number of elements. */
  public long elements() {
    return shape.elements();
  }

  /**
   * The memory, for kernels.
   *
   * @throws IllegalStateException if the tensor was released
   */
  public Buffer buffer() {
    return storage.buffer();
  }

  /**
   * For an operation that its message names.
   *
   * @throws IllegalArgumentException if the elements are integers
   */
  public void requireFloatingPoint(String operation) {
    requireFloatingPoint(operation, type(), shape);
  }

  static void requireFloatingPoint(String operation, DType type, Shape shape) {
    if (!type.isFloatingPoint()) {
      throw new IllegalArgumentException(
          "%s: %s is %s, expected a floating-point type; integers are labels, which toInts reads"
              .formatted(operation, shape, type));
    }
  }

  /**
   * The elements, copied to the host.
   *
   * @throws IllegalArgumentException if they are integers
   */
  public float[] toFloats() {
    return toFloats("toFloats");
  }

  private float[] toFloats(String operation) {
    requireFloatingPoint(operation);
    float[] values = new float[Math.toIntExact(elements())];
    device.read(buffer(), values, 0);
    return values;
  }

  /** As {@link #toFloats()}, in double. */
  public double[] toDoubles() {
    requireFloatingPoint("toDoubles");
    double[] values = new double[Math.toIntExact(elements())];
    device.read(buffer(), values, 0);
    return values;
  }

  /**
   * The elements of an I32 tensor, copied to the host.
   *
   * @throws IllegalArgumentException if they are floating-point numbers
   */
  public int[] toInts() {
    if (type() != DType.I32) {
      throw new IllegalArgumentException(
          "toInts: %s is %s, expected I32; toFloats reads it".formatted(shape, type()));
    }
    int[] values = new int[Math.toIntExact(elements())];
    device.read(buffer(), values, 0);
    return values;
  }

  /**
   * The only element, copied to the host.
   *
   * @throws IllegalStateException if there are more
   * @throws IllegalArgumentException if it is an integer
   */
  public float item() {
    if (elements() != 1) {
      throw new IllegalStateException("item: %s does not hold one element".formatted(shape));
    }
    return toFloats("item")[0];
  }

  /**
   * Overwrites the elements, keeping memory and shape: how a parameter gets its value from outside.
   *
   * @throws IllegalArgumentException if the number of values is another or the elements are
   *     integers
   */
  public void assign(float[] values) {
    requireFloatingPoint("assign");
    requireLength(shape, values.length);
    device.write(values, 0, buffer());
    refreshRounded();
  }

  /**
   * Overwrites the elements with those of a tensor of the same length, on the device;
   * floating-point types convert.
   *
   * @throws IllegalArgumentException if the lengths or the devices differ, or the types differ and
   *     one of them is that of integers
   */
  public void assign(Tensor source) {
    if (source.device != device) {
      throw new IllegalArgumentException(
          "assign: the source %s is on %s but the target %s on %s; make both on one"
              .formatted(source.shape, source.device.name(), shape, device.name()));
    }
    if (source.type() != type()) {
      source.requireFloatingPoint("assign");
      requireFloatingPoint("assign");
    }
    if (source.elements() != elements()) {
      throw new IllegalArgumentException(
          "assign: %s does not fit %s".formatted(source.shape, shape));
    }
    device.copy().convert(source.buffer(), buffer());
    refreshRounded();
  }

  /**
   * Keeps a copy in BF16 beside this tensor from now on, for a parameter that many operations read
   * in that type; {@code cast} then gives the copy, also of a view. It belongs to the innermost
   * scope, and goes with this tensor where a scope keeps that. {@link #assign}, optimisers and
   * averages bring it up to date.
   *
   * @throws IllegalArgumentException if the elements are integers
   */
  public void keepRounded() {
    requireFloatingPoint("keepRounded");
    storage.keepRounded(Scope.allocate(device, DType.BF16, elements()));
    refreshRounded();
  }

  /** The copy that {@link #keepRounded} made, up to date. */
  public Optional<Tensor> rounded() {
    return storage.rounded().map(copy -> new Tensor(device, shape, copy, null));
  }

  /** Brings the copy up to date, if there is one, after the elements changed in place. */
  public void refreshRounded() {
    storage.rounded().ifPresent(copy -> device.copy().convert(buffer(), copy.buffer()));
  }

  /**
   * The gradients of this scalar with respect to {@code targets}, and nothing that they do not
   * need.
   *
   * @throws IllegalArgumentException if this tensor holds more than one element
   */
  public Gradients backward(Collection<Tensor> targets) {
    return Gradients.of(this, targets);
  }

  /**
   * Looks through everything this tensor was made from, in the order it was made, for the first
   * value that is not finite.
   *
   * @return where it is, or nothing if all values are finite
   */
  public Optional<NonFinite> firstNonFinite() {
    return NonFinite.first(this);
  }

  Storage storage() {
    return storage;
  }

  History history() {
    return history;
  }

  /** {@code tensor [64,10] made by log_sum_exp}. */
  @Override
  public String toString() {
    return "tensor " + shape + (history == null ? "" : " made by " + history.operation());
  }
}
