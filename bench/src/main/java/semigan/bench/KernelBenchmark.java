package semigan.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels.AdamSettings;
import semigan.kernels.OptimKernels.AdamSlot;
import semigan.kernels.UnaryOp;

/**
 * Kernels whose time goes into moving bytes, at the DCGAN's sizes. The unit, operations a
 * nanosecond, is GB/s: an operation is a byte that the kernel must read or write at the least.
 */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBenchmark {
  private static final int ROWS = 64 * 16 * 16;
  private static final int CHANNELS = 128;
  private static final int PARAMETERS = 1_700_000;
  private static final int LOSS_ROWS = 160;
  private static final int CLASSES = 10;
  private static final int TENSOR_BYTES = 4 * ROWS * CHANNELS;

  @Param(Backends.AUTO)
  public String device;

  private Backend backend;
  private Buffer x;
  private Buffer y;
  private Buffer dy;
  private Buffer dx;
  private Buffer scale;
  private Buffer shift;
  private Buffer dscale;
  private Buffer dshift;
  private Buffer mean;
  private Buffer variance;
  private Buffer clock;
  private AdamSlot slot;
  private Buffer logits;
  private Buffer dlogits;
  private Buffer loss;
  private Buffer targets;

  @Setup
  public void setUp() {
    backend = Backends.open(device);
    RandomBuffers random = new RandomBuffers(backend);
    long length = (long) ROWS * CHANNELS;
    x = random.normal(length);
    y = random.normal(length);
    dy = random.normal(length);
    dx = random.normal(length);
    scale = random.uniform(CHANNELS);
    shift = random.uniform(CHANNELS);
    dscale = random.uniform(CHANNELS);
    dshift = random.uniform(CHANNELS);
    mean = random.uniform(CHANNELS);
    variance = random.uniform(CHANNELS);
    clock = backend.allocate(DType.F32, 2);
    backend.write(new float[] {1, 2e-4f}, 0, clock);
    slot =
        new AdamSlot(
            random.normal(PARAMETERS),
            random.normal(PARAMETERS),
            random.uniform(PARAMETERS),
            random.uniform(PARAMETERS));
    logits = random.normal((long) LOSS_ROWS * CLASSES);
    dlogits = random.normal((long) LOSS_ROWS * CLASSES);
    loss = random.normal(LOSS_ROWS);
    targets = backend.allocate(DType.I32, LOSS_ROWS);
    int[] kinds = new int[LOSS_ROWS];
    for (int i = 0; i < LOSS_ROWS; i++) {
      kinds[i] = i % (CLASSES + 2) - 2;
    }
    backend.write(kinds, 0, targets);
  }

  @TearDown
  public void tearDown() {
    backend.close();
  }

  @Benchmark
  @OperationsPerInvocation(2 * TENSOR_BYTES)
  public void batchNormForward() {
    backend.norm().batchNormForward(ROWS, CHANNELS, 1e-5f, 1, x, scale, shift, y, mean, variance);
    backend.synchronize();
  }

  @Benchmark
  @OperationsPerInvocation(3 * TENSOR_BYTES)
  public void batchNormBackward() {
    backend
        .norm()
        .batchNormBackward(
            ROWS, CHANNELS, 1e-5f, 1, x, scale, shift, mean, variance, y, dy, dx, dscale, dshift);
    backend.synchronize();
  }

  @Benchmark
  @OperationsPerInvocation(2 * TENSOR_BYTES)
  public void leakyRelu() {
    backend.elementwise().unary(UnaryOp.LEAKY_RELU, 0.2f, 0, x, y);
    backend.synchronize();
  }

  @Benchmark
  @OperationsPerInvocation(7 * 4 * PARAMETERS)
  public void adam() {
    backend.optim().adam(new AdamSettings(0.5f, 0.999f, 1e-8f, false), clock, null, List.of(slot));
    backend.synchronize();
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.SECONDS) // its work is exponentials, not bytes: images a second
  @OperationsPerInvocation(LOSS_ROWS)
  public void semiSupervisedLoss() {
    backend.loss().semiSupervised(LOSS_ROWS, CLASSES, logits, targets, loss, dlogits);
    backend.synchronize();
  }
}
