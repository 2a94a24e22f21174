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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import semigan.gan.model.Sampler;
import semigan.gan.train.Precision;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.tensor.Scope;

/**
 * One whole training step of the DCGAN, and generation from it, in images a second: batch 64,
 * 32x32x1, filters 64-128-256.
 */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class GanBenchmark {
  private static final int BATCH = 64;

  @Param(Backends.AUTO)
  public String device;

  private Backend backend;
  private Scope scope;
  private DcganStep step;
  private Sampler sampler;
  private long drawn;

  @Setup
  public void setUp() {
    backend = Backends.open(device);
    scope = Scope.open(backend);
    step = new DcganStep(backend, Precision.F32, BATCH, 32, 1, 64);
    sampler = new Sampler(step.model(), backend, 1);
  }

  @TearDown
  public void tearDown() {
    step.close();
    scope.close();
    backend.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void trainingStep() {
    step.run();
    backend.synchronize();
  }

  /** To the host, without the canvas. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] generate() {
    drawn += BATCH;
    return sampler.draw(drawn, BATCH);
  }
}
