package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import jcuda.driver.JCudaDriver;
import semigan.kernels.AugmentKernels;
import semigan.kernels.Backend;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.Bf16;
import semigan.kernels.Buffer;
import semigan.kernels.CachingAllocator;
import semigan.kernels.ConvKernels;
import semigan.kernels.CopyKernels;
import semigan.kernels.DType;
import semigan.kernels.DeviceFailureException;
import semigan.kernels.DeviceMemoryException;
import semigan.kernels.ElementwiseKernels;
import semigan.kernels.GemmKernels;
import semigan.kernels.LossKernels;
import semigan.kernels.MemoryUsage;
import semigan.kernels.NormKernels;
import semigan.kernels.OptimKernels;
import semigan.kernels.PoolKernels;
import semigan.kernels.RandomKernels;
import semigan.kernels.Recorder;
import semigan.kernels.ReduceKernels;
import semigan.kernels.Requirement;
import semigan.kernels.ResizeKernels;

/**
 * An NVIDIA GPU: convolutions by cuDNN, matrix products by cuBLAS, everything else by our own
 * kernels, all in order on one stream.
 */
public final class CudaBackend implements Backend {
  public static final String NAME = "cuda";

  private final CudaOptions options;
  private final CudaContext context;
  private final DeviceMemory.Source source;
  private final CachingAllocator<DeviceMemory> allocator;
  private final MemoryOwners owners = new MemoryOwners();
  private final Staging staging;
  private final Launcher launcher;
  private final ElementwiseKernels elementwise;
  private final CopyKernels copy;
  private final ReduceKernels reduce;
  private final PoolKernels pool;
  private final ResizeKernels resize;
  private final NormKernels norm;
  private final LossKernels loss;
  private final OptimKernels optim;
  private final RandomKernels random;
  private final CudaGemm gemm;
  private final CudaConv conv;
  private final AugmentKernels augment;
  private final AtomicBoolean recording = new AtomicBoolean();

  /** How to close what is open, the last first; an opening may fail half-way. */
  private final Deque<Runnable> parts = new ArrayDeque<>();

  /**
   * Opens a GPU.
   *
   * @param index of the GPU, from 0
   * @throws BackendUnavailableException if there is none, or a library that it needs is missing
   */
  public CudaBackend(int index) {
    options = CudaOptions.ofSystem(index);
    CudaLibraries.load(options);
    context = new CudaContext(index);
    parts.push(context::close);
    try {
      source = new DeviceMemory.Source(context);
      parts.push(source::close);
      allocator = new CachingAllocator<>(name(), source, context.freeMemory());
      launcher = new Launcher(context, KernelCompiler.open(options, context.capability()));
      parts.push(launcher::close);
      staging = new Staging(context);
      parts.push(staging::close);
      elementwise = new CudaElementwise(launcher);
      copy = new CudaCopy(launcher);
      reduce = new CudaReduce(launcher, this);
      pool = new CudaPool(launcher);
      resize = new CudaResize(launcher);
      augment = new CudaAugment(launcher);
      norm = new CudaNorm(launcher, this, counters(ColumnPlan.MOST_SHARED_TILES));
      loss = new CudaLoss(launcher);
      optim = new CudaOptim(launcher, this);
      random = new CudaRandom(launcher);
      gemm = new CudaGemm(context, launcher, this, source, options.tf32());
      parts.push(gemm::close);
      conv = new CudaConv(context, launcher, this, options);
      parts.push(conv::close);
    } catch (DeviceMemoryException e) {
      close();
      throw CudaContext.full(context.name(), e);
    } catch (DeviceFailureException e) {
      close();
      throw CudaContext.broken(context.name() + ", where " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Whether this machine has an NVIDIA driver, working or not. */
  public static boolean isDriverPresent() {
    return CudaDriver.isPresent(CudaOptions.ofSystem(0));
  }

  /** What this backend needs, each with what this machine has. */
  public static List<Requirement> requirements() {
    return CudaRequirements.of(CudaOptions.ofSystem(0));
  }

  /** Zeros that kernels count in and leave at 0. They are the backend's own, so not accounted. */
  private Buffer counters(int count) {
    CudaBuffer counters =
        new CudaBuffer(DType.I32, count, source.require((long) count * Integer.BYTES));
    check(
        JCudaDriver.cuMemsetD32Async(counters.pointer(), 0, count, context.stream()),
        "cuMemsetD32Async");
    return counters;
  }

  @Override
  public String name() {
    return options.device() == 0 ? NAME : NAME + ":" + options.device();
  }

  @Override
  public String description() {
    return "%s, compute capability %d.%d, %,d MiB, cuDNN %s, cuBLAS %s"
        .formatted(
            context.name(),
            context.capability() / 10,
            context.capability() % 10,
            context.totalMemory() >> 20,
            DnnHandle.version(),
            gemm.libraryVersion());
  }

  @Override
  public boolean supports(DType type) {
    return type != DType.F64;
  }

  @Override
  public Buffer allocate(DType type, long length) {
    if (!supports(type)) {
      throw new IllegalArgumentException(
          "cuda: cannot store %s; it has F32, BF16 and I32".formatted(type));
    }
    try {
      long bytes = allocator.bytes(type, length);
      CudaBuffer buffer = new CudaBuffer(type, length, allocator.allocate(bytes));
      owners.add(buffer.block(), bytes);
      return buffer;
    } catch (DeviceMemoryException e) {
      throw e.with(DeviceMemoryException.size(context.freeMemory()) + " free on the GPU")
          .with(owners.describe());
    }
  }

  @Override
  public void release(Buffer buffer) {
    CachingAllocator.Block<DeviceMemory> block = CudaBuffer.of(buffer).block();
    owners.remove(block);
    allocator.release(block);
  }

  @Override
  public MemoryUsage memory() {
    return allocator.usage();
  }

  @Override
  public void trim() {
    allocator.trim();
  }

  @Override
  public void write(float[] values, int from, Buffer target) {
    refuseWhileRecording("write");
    staging.upload(
        CudaBuffer.of(target).pointer(),
        target.bytes(),
        (bytes, at) -> {
          int first = from + (int) (at / target.type().bytes());
          if (target.type() == DType.BF16) {
            for (int i = first; bytes.hasRemaining(); i++) {
              bytes.putShort(Bf16.of(values[i]));
            }
          } else {
            bytes.asFloatBuffer().put(values, first, bytes.remaining() / Float.BYTES);
          }
        });
  }

  @Override
  public void write(int[] values, int from, Buffer target) {
    refuseWhileRecording("write");
    staging.upload(
        CudaBuffer.of(target).pointer(),
        target.bytes(),
        (bytes, at) ->
            bytes
                .asIntBuffer()
                .put(values, from + (int) (at / Integer.BYTES), bytes.remaining() / Integer.BYTES));
  }

  @Override
  public void read(Buffer from, float[] target, int to) {
    refuseWhileRecording("read");
    staging.download(
        CudaBuffer.of(from).pointer(),
        from.bytes(),
        (bytes, at) -> {
          int first = to + (int) (at / from.type().bytes());
          if (from.type() == DType.BF16) {
            for (int i = first; bytes.hasRemaining(); i++) {
              target[i] = Bf16.toFloat(bytes.getShort());
            }
          } else {
            bytes.asFloatBuffer().get(target, first, bytes.remaining() / Float.BYTES);
          }
        });
  }

  @Override
  public void read(Buffer from, int[] target, int to) {
    refuseWhileRecording("read");
    staging.download(
        CudaBuffer.of(from).pointer(),
        from.bytes(),
        (ByteBuffer bytes, long at) ->
            bytes
                .asIntBuffer()
                .get(target, to + (int) (at / Integer.BYTES), bytes.remaining() / Integer.BYTES));
  }

  @Override
  public void synchronize() {
    refuseWhileRecording("wait");
    context.synchronize();
  }

  private void refuseWhileRecording(String what) {
    if (recording.get()) {
      throw new IllegalStateException(
          "cuda: recorded work cannot %s between host and device; do it before or after"
              .formatted(what));
    }
  }

  @Override
  public Optional<Recorder> recorder() {
    return Optional.of(new CudaRecorder(context, allocator, recording));
  }

  @Override
  public ConvKernels conv() {
    return conv;
  }

  @Override
  public GemmKernels gemm() {
    return gemm;
  }

  @Override
  public NormKernels norm() {
    return norm;
  }

  @Override
  public ElementwiseKernels elementwise() {
    return elementwise;
  }

  @Override
  public CopyKernels copy() {
    return copy;
  }

  @Override
  public ReduceKernels reduce() {
    return reduce;
  }

  @Override
  public PoolKernels pool() {
    return pool;
  }

  @Override
  public ResizeKernels resize() {
    return resize;
  }

  @Override
  public AugmentKernels augment() {
    return augment;
  }

  @Override
  public LossKernels loss() {
    return loss;
  }

  @Override
  public OptimKernels optim() {
    return optim;
  }

  @Override
  public RandomKernels random() {
    return random;
  }

  @Override
  public void close() {
    if (!parts.isEmpty()) {
      context.finish();
    }
    while (!parts.isEmpty()) {
      parts.pop().run();
    }
  }
}
