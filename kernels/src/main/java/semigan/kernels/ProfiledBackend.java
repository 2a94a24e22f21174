package semigan.kernels;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A backend that times every kernel of another one. Each call waits for its kernel, so that the
 * time is the kernel's own; a device that would run several at once is slowed down by that.
 */
public final class ProfiledBackend implements Backend {
  /**
   * What all calls of one kernel took together, of the same sizes where these are named.
   *
   * @param kernel family and method, with the sizes of a convolution, product, broadcast, sum or
   *     copy
   * @param calls how many
   * @param nanos time in them
   * @param bytes of the buffers that they were given
   * @param operations additions and multiplications; 0 where bytes are what counts
   */
  public record Row(String kernel, long calls, long nanos, long bytes, long operations) {
    Row plus(long moreNanos, long moreBytes, long moreOperations) {
      return new Row(
          kernel, calls + 1, nanos + moreNanos, bytes + moreBytes, operations + moreOperations);
    }
  }

  private final Backend device;
  private final int repetitions;
  private final Map<Class<?>, Object> families = new HashMap<>();
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final Map<ConvolutionFloor.Call, Long> convolutions = new LinkedHashMap<>();

  public ProfiledBackend(Backend device) {
    this(device, 1);
  }

  /**
   * Times kernels on a device to which each call is a way of its own: calls each so many times over
   * before it waits, and counts the mean as one call. What a kernel updates in place is updated so
   * many times too: for measuring, not for training.
   */
  public ProfiledBackend(Backend device, int repetitions) {
    this.device = device;
    this.repetitions = repetitions;
  }

  /** Forgets what was measured so far. */
  public void restart() {
    rows.clear();
    convolutions.clear();
  }

  /** What was measured since the last {@link #restart}, longest first. */
  public List<Row> rows() {
    List<Row> sorted = new ArrayList<>(rows.values());
    sorted.sort(Comparator.comparingLong(Row::nanos).reversed());
    return sorted;
  }

  /**
   * The least time in which the device can do the convolutions measured, each alone.
   *
   * @return nanoseconds for as many calls as were measured
   */
  public long convolutionFloor() {
    long floor = 0;
    for (Map.Entry<ConvolutionFloor.Call, Long> entry : convolutions.entrySet()) {
      floor += entry.getValue() * ConvolutionFloor.nanos(device, entry.getKey());
    }
    return floor;
  }

  /** A family whose calls are timed. */
  private <T> T timed(Class<T> family, T kernels) {
    return family.cast(
        families.computeIfAbsent(
            family,
            type ->
                Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (proxy, method, arguments) -> call(type, proxy, kernels, method, arguments))));
  }

  private Object call(
      Class<?> family, Object proxy, Object kernels, Method method, Object[] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return method.invoke(kernels, arguments);
    }
    if (isComposed(kernels, method)) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    long started = System.nanoTime();
    Object result = null;
    try {
      for (int i = 0; i < repetitions; i++) {
        result = method.invoke(kernels, arguments);
      }
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    device.synchronize();
    long nanos = (System.nanoTime() - started) / repetitions;
    String kernel = describe(family, method, arguments);
    rows.merge(
        kernel,
        new Row(kernel, 1, nanos, bytes(arguments), operations(method, arguments)),
        (row, one) -> row.plus(one.nanos(), one.bytes(), one.operations()));
    if (arguments[0] instanceof Conv2dGeometry geometry) {
      DType type = ((Buffer) arguments[1]).type();
      convolutions.merge(
          new ConvolutionFloor.Call(method.getName(), geometry, type), 1L, Long::sum);
    }
    return result;
  }

  private static String describe(Class<?> family, Method method, Object[] arguments) {
    StringJoiner text = new StringJoiner(" ");
    text.add(family.getSimpleName().replace("Kernels", "").toLowerCase(Locale.ROOT));
    text.add(method.getName());
    for (Object argument : arguments) {
      if (argument instanceof Conv2dGeometry g) {
        text.add(
            "[%d,%d,%d,%d] to [%d,%d,%d,%d] by %dx%d"
                .formatted(
                    g.batch(),
                    g.inHeight(),
                    g.inWidth(),
                    g.inChannels(),
                    g.batch(),
                    g.outHeight(),
                    g.outWidth(),
                    g.outChannels(),
                    g.kernelHeight(),
                    g.kernelWidth()));
      } else if (argument instanceof MatmulGeometry g) {
        text.add("[%d,%d] from %d".formatted(g.rows(), g.columns(), g.inner()));
      } else if (argument instanceof BroadcastGeometry g) {
        text.add(g.a() + " and " + g.b());
      } else if (argument instanceof ReduceGeometry g) {
        text.add(g.sizes() + " over " + g.axes());
      } else if (argument instanceof StridedCopy g) {
        text.add(g.sizes().toString());
      } else if (argument instanceof Enum<?> op) {
        text.add(op.toString());
      } else if (argument instanceof Long || argument instanceof Integer) {
        text.add(argument.toString());
      }
    }
    return text.toString();
  }

  /** Whether a kernel is but others of its family, one after the other; these are timed. */
  private static boolean isComposed(Object kernels, Method method)
      throws ReflectiveOperationException {
    return method.isDefault()
        && kernels.getClass().getMethod(method.getName(), method.getParameterTypes()).isDefault();
  }

  private static long operations(Method method, Object[] arguments) {
    if (arguments[0] instanceof Conv2dGeometry g) {
      int convolutions = method.getName().toLowerCase(Locale.ROOT).endsWith("backward") ? 2 : 1;
      return convolutions
          * 2
          * g.outputLength()
          * g.kernelHeight()
          * g.kernelWidth()
          * g.inChannels();
    }
    if (arguments[0] instanceof MatmulGeometry g) {
      return 2L * g.rows() * g.columns() * g.inner();
    }
    return 0;
  }

  private static long bytes(Object[] arguments) throws ReflectiveOperationException {
    long bytes = 0;
    for (Object argument : arguments) {
      if (argument instanceof Buffer buffer) {
        bytes += buffer.bytes();
      } else if (argument instanceof List<?> list) {
        for (Object element : list) {
          bytes += element instanceof Buffer buffer ? buffer.bytes() : slotBytes(element);
        }
      }
    }
    return bytes;
  }

  /** Of an optimiser's slot: a record of buffers, of which some may be null. */
  private static long slotBytes(Object slot) throws ReflectiveOperationException {
    long bytes = 0;
    for (RecordComponent component : slot.getClass().getRecordComponents()) {
      Buffer buffer = (Buffer) component.getAccessor().invoke(slot);
      bytes += buffer == null ? 0 : buffer.bytes();
    }
    return bytes;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public String description() {
    return device.description();
  }

  @Override
  public boolean supports(DType type) {
    return device.supports(type);
  }

  @Override
  public Buffer allocate(DType type, long length) {
    return device.allocate(type, length);
  }

  @Override
  public void release(Buffer buffer) {
    device.release(buffer);
  }

  @Override
  public MemoryUsage memory() {
    return device.memory();
  }

  @Override
  public void trim() {
    device.trim();
  }

  @Override
  public void write(float[] source, int from, Buffer target) {
    device.write(source, from, target);
  }

  @Override
  public void write(int[] source, int from, Buffer target) {
    device.write(source, from, target);
  }

  @Override
  public void write(double[] source, int from, Buffer target) {
    device.write(source, from, target);
  }

  @Override
  public void read(Buffer source, float[] target, int from) {
    device.read(source, target, from);
  }

  @Override
  public void read(Buffer source, int[] target, int from) {
    device.read(source, target, from);
  }

  @Override
  public void read(Buffer source, double[] target, int from) {
    device.read(source, target, from);
  }

  @Override
  public void synchronize() {
    device.synchronize();
  }

  @Override
  public ConvKernels conv() {
    return timed(ConvKernels.class, device.conv());
  }

  @Override
  public GemmKernels gemm() {
    return timed(GemmKernels.class, device.gemm());
  }

  @Override
  public NormKernels norm() {
    return timed(NormKernels.class, device.norm());
  }

  @Override
  public ElementwiseKernels elementwise() {
    return timed(ElementwiseKernels.class, device.elementwise());
  }

  @Override
  public CopyKernels copy() {
    return timed(CopyKernels.class, device.copy());
  }

  @Override
  public ReduceKernels reduce() {
    return timed(ReduceKernels.class, device.reduce());
  }

  @Override
  public PoolKernels pool() {
    return timed(PoolKernels.class, device.pool());
  }

  @Override
  public ResizeKernels resize() {
    return timed(ResizeKernels.class, device.resize());
  }

  @Override
  public AugmentKernels augment() {
    return timed(AugmentKernels.class, device.augment());
  }

  @Override
  public LossKernels loss() {
    return timed(LossKernels.class, device.loss());
  }

  @Override
  public OptimKernels optim() {
    return timed(OptimKernels.class, device.optim());
  }

  @Override
  public RandomKernels random() {
    return timed(RandomKernels.class, device.random());
  }

  @Override
  public void close() {
    device.close();
  }
}
