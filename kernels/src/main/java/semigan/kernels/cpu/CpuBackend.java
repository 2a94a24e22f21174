package semigan.kernels.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import semigan.kernels.AugmentKernels;
import semigan.kernels.Backend;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Buffer;
import semigan.kernels.CachingAllocator;
import semigan.kernels.ConvKernels;
import semigan.kernels.CopyKernels;
import semigan.kernels.DType;
import semigan.kernels.ElementwiseKernels;
import semigan.kernels.GemmKernels;
import semigan.kernels.LossKernels;
import semigan.kernels.MemoryBudget;
import semigan.kernels.MemoryUsage;
import semigan.kernels.NormKernels;
import semigan.kernels.OptimKernels;
import semigan.kernels.PoolKernels;
import semigan.kernels.RandomKernels;
import semigan.kernels.ReduceKernels;
import semigan.kernels.ResizeKernels;

/**
 * The processor, through oneDNN for all that it has a fast primitive for, and tiled Java loops for
 * the rest. Every kernel is done when its call returns.
 */
public final class CpuBackend implements Backend {
  public static final String NAME = "cpu";

  /** System property: how many threads compute. */
  public static final String THREADS = "semigan.cpu.threads";

  /**
   * System property: elements from which a second thread takes part in a primitive; tests of small
   * sizes lower it.
   */
  public static final String LEAST_SHARED = "semigan.cpu.leastShared";

  private static final long WORTH_SHARING = 1 << 14;

  /** Of {@code OMP_NUM_THREADS}: those of the outermost level come first. */
  private static final String THREADS_OF_EACH_LEVEL = "\\s*[1-9][0-9]{0,3}\\s*(,.*)?";

  private final int threads = threads();
  private final OneDnn library;
  private final NativeMemory.Source heap = new NativeMemory.Source();
  private final CachingAllocator<NativeMemory> allocator;
  private final Plans plans;
  private final Workers workers;
  private final Widening widening;
  private final CpuConv conv;
  private final GemmKernels gemm;
  private final NormKernels norm;
  private final ElementwiseKernels elementwise;
  private final CopyKernels copy;
  private final CpuReduce reduce;
  private final PoolKernels pool;
  private final ResizeKernels resize;
  private final AugmentKernels augment;
  private final LossKernels loss;
  private final OptimKernels optim;
  private final CpuRandom random;
  private volatile boolean open = true;

  /**
   * Loads oneDNN.
   *
   * @throws BackendUnavailableException if it is not there or does not load
   */
  public CpuBackend() {
    library = OneDnn.open();
    allocator = new CachingAllocator<>(NAME, heap, MemoryBudget.ofHost());
    try {
      workers = new Workers(threads);
    } catch (BackendUnavailableException e) {
      library.close();
      throw e;
    }
    plans = new Plans(library, workers, Long.getLong(LEAST_SHARED, WORTH_SHARING));
    Tiles tiles = new Tiles(workers);
    widening = new Widening(plans, this);
    conv = new CpuConv(plans, workers, widening, this);
    gemm = new CpuGemm(plans);
    norm = new CpuNorm(plans, workers, tiles, widening, this);
    elementwise = new CpuElementwise(plans, tiles, widening, this);
    copy = new CpuCopy(plans, widening);
    reduce = new CpuReduce(plans, tiles, widening, new Permuted(this));
    pool = new CpuPool(plans, widening);
    resize = new CpuResize(plans, workers, widening);
    augment = new CpuAugment(widening);
    loss = new CpuLoss(widening);
    optim = new CpuOptim(tiles, widening);
    random = new CpuRandom(workers, widening);
  }

  /**
   * How many threads a backend that is opened now has: as many as {@link #THREADS} says, else as
   * {@code OMP_NUM_THREADS} does, else as the machine has processors or a container's limit allows.
   */
  public static int threads() {
    String variable = Objects.requireNonNullElse(System.getenv("OMP_NUM_THREADS"), "");
    int usual =
        variable.matches(THREADS_OF_EACH_LEVEL)
            ? Integer.parseInt(variable.split(",")[0].strip())
            : Runtime.getRuntime().availableProcessors();
    return Math.max(1, Integer.getInteger(THREADS, usual));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "%s, %d threads, %s".formatted(processor(), threads, library.version());
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException | RuntimeException e) {
      return System.getProperty("os.arch");
    }
  }

  @Override
  public boolean supports(DType type) {
    return switch (type) {
      case F32, I32 -> true;
      case BF16 -> library.hasBf16();
      case F64 -> false;
    };
  }

  @Override
  public Buffer allocate(DType type, long length) {
    requireOpen();
    if (!supports(type)) {
      throw new IllegalArgumentException(
          "cpu: cannot store %s on this processor (%s); it has %s"
              .formatted(
                  type,
                  library.version(),
                  Arrays.stream(DType.values()).filter(this::supports).toList()));
    }
    long bytes = allocator.bytes(type, length);
    if (bytes > NativeMemory.LARGEST) {
      throw new IllegalArgumentException(
          "cpu: a buffer of %,d bytes was asked for but one holds at most %,d; use a smaller batch"
              .formatted(bytes, NativeMemory.LARGEST));
    }
    return new CpuBuffer(type, length, allocator.allocate(bytes));
  }

  @Override
  public void release(Buffer buffer) {
    allocator.release(CpuBuffer.of(buffer).block());
  }

  @Override
  public MemoryUsage memory() {
    return allocator.usage();
  }

  @Override
  public void trim() {
    allocator.trim();
    conv.trim();
  }

  @Override
  public void write(float[] source, int from, Buffer target) {
    requireOpen();
    try (var wide = widening.open()) {
      CpuBuffer to = wide.writing(target);
      to.floats().put(0, source, from, to.size());
    }
  }

  @Override
  public void write(int[] source, int from, Buffer target) {
    requireOpen();
    CpuBuffer to = CpuBuffer.of(target);
    to.ints().put(0, source, from, to.size());
  }

  @Override
  public void read(Buffer source, float[] target, int from) {
    requireOpen();
    try (var wide = widening.open()) {
      CpuBuffer values = wide.reading(source);
      values.floats().get(0, target, from, values.size());
    }
  }

  @Override
  public void read(Buffer source, int[] target, int from) {
    requireOpen();
    CpuBuffer values = CpuBuffer.of(source);
    values.ints().get(0, target, from, values.size());
  }

  /** Nothing to wait for: oneDNN's CPU engine returns from a primitive when it is done. */
  @Override
  public void synchronize() {}

  @Override
  public ConvKernels conv() {
    return usable(conv);
  }

  @Override
  public GemmKernels gemm() {
    return usable(gemm);
  }

  @Override
  public NormKernels norm() {
    return usable(norm);
  }

  @Override
  public ElementwiseKernels elementwise() {
    return usable(elementwise);
  }

  @Override
  public CopyKernels copy() {
    return usable(copy);
  }

  @Override
  public ReduceKernels reduce() {
    return usable(reduce);
  }

  @Override
  public PoolKernels pool() {
    return usable(pool);
  }

  @Override
  public ResizeKernels resize() {
    return usable(resize);
  }

  @Override
  public AugmentKernels augment() {
    return usable(augment);
  }

  @Override
  public LossKernels loss() {
    return usable(loss);
  }

  @Override
  public OptimKernels optim() {
    return usable(optim);
  }

  @Override
  public RandomKernels random() {
    return usable(random);
  }

  /** The kernels, as long as there is memory for them to work on. */
  private <K> K usable(K kernels) {
    requireOpen();
    return kernels;
  }

  /** Whoever uses memory that was freed may end the whole process. */
  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException(
          "cpu: closed, and its memory freed; use the backend and its buffers before close()");
    }
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      trim();
      reduce.close();
      plans.close();
      workers.close();
      random.close();
      heap.close();
      library.close();
    }
  }
}
