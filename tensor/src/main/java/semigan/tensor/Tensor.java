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
  private Tensor rounded;

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

  /** Every element {@code value}. */
  public static Tensor full(Backend device, DType type, Shape shape, float value) {
    Tensor tensor = empty(device, type, shape);
    device.elementwise().fill(tensor.buffer(), value);
    return tensor;
  }

  public static Tensor zeros(Backend device, DType type, Shape shape) {
    return full(device, type, shape, 0);
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

  /** The same elements seen with another shape; what {@code reshape} is made of. */
  public Tensor view(Shape other) {
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

  /** The elements, copied to the host. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(elements())];
    device.read(buffer(), values, 0);
    return values;
  }

  /** As {@link #toFloats()}, in double. */
  public double[] toDoubles() {
    double[] values = new double[Math.toIntExact(elements())];
    device.read(buffer(), values, 0);
    return values;
  }

  /**
   * The only element, copied to the host.
   *
   * @throws IllegalStateException if there are more
   */
  public float item() {
    if (elements() != 1) {
      throw new IllegalStateException("item: %s does not hold one element".formatted(shape));
    }
    return toFloats()[0];
  }

  /**
   * Overwrites the elements, keeping memory and shape: how a parameter gets its value from outside.
   *
   * @throws IllegalArgumentException if the number of values is another
   */
  public void assign(float[] values) {
    requireLength(shape, values.length);
    device.write(values, 0, buffer());
    refreshRounded();
  }

  /** Overwrites the elements with those of a tensor of the same length, on the device. */
  public void assign(Tensor source) {
    if (source.elements() != elements()) {
      throw new IllegalArgumentException(
          "assign: %s does not fit %s".formatted(source.shape, shape));
    }
    device.copy().convert(source.buffer(), buffer());
    refreshRounded();
  }

  /**
   * Keeps a copy in BF16 beside this tensor from now on, for a parameter that many operations read
   * in that type; {@code cast} then gives the copy. It belongs to the innermost scope. {@link
   * #assign} and optimisers bring it up to date.
   */
  public void keepRounded() {
    rounded = empty(device, DType.BF16, shape);
    refreshRounded();
  }

  /** The copy that {@link #keepRounded} made, up to date. */
  public Optional<Tensor> rounded() {
    return Optional.ofNullable(rounded);
  }

  /** Brings the copy up to date, if there is one, after the elements changed in place. */
  public void refreshRounded() {
    if (rounded != null) {
      device.copy().convert(buffer(), rounded.buffer());
    }
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
