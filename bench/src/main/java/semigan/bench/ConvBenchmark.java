package semigan.bench;

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
import semigan.kernels.Conv2dGeometry;

/**
 * Convolutions at the DCGAN's shapes, 4x4 with stride 2, in images a second. A transposed
 * convolution is the {@code backwardInput} of the one with the same sizes.
 */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ConvBenchmark {
  private static final int BATCH = 64;

  /** Input size, input channels, output channels. */
  @Param({"32-1-64", "32-3-64", "16-64-128", "8-128-256"})
  public String shape;

  @Param(Backends.AUTO)
  public String device;

  private Backend backend;
  private Conv2dGeometry geometry;
  private Buffer x;
  private Buffer w;
  private Buffer y;

  @Setup
  public void setUp() {
    String[] parts = shape.split("-");
    int size = Integer.parseInt(parts[0]);
    int in = Integer.parseInt(parts[1]);
    int out = Integer.parseInt(parts[2]);
    geometry = new Conv2dGeometry(BATCH, size, size, in, out, 4, 4, 2, 2, 1, 1, 1, 1);
    backend = Backends.open(device);
    RandomBuffers random = new RandomBuffers(backend);
    x = random.normal(geometry.inputLength());
    w = random.normal(geometry.filterLength());
    y = random.normal(geometry.outputLength());
  }

  @TearDown
  public void tearDown() {
    backend.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void forward() {
    backend.conv().forward(geometry, x, w, y);
    backend.synchronize();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void backwardInput() {
    backend.conv().backwardInput(geometry, y, w, x);
    backend.synchronize();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void backwardWeight() {
    backend.conv().backwardWeight(geometry, x, y, w);
    backend.synchronize();
  }
}
