package semigan.kernels.reference;

import semigan.kernels.AugmentKernels;
import semigan.kernels.Backend;
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
 * Plain loops in double precision: slow, obviously right, and the truth for every test. It stores
 * every {@link DType}, so that gradients can be checked in {@link DType#F64}. Memory is full of NaN
 * both before its first use and after its release.
 */
public final class ReferenceBackend implements Backend {
  public static final String NAME = "reference";

  /** Java arrays cannot be longer. */
  private static final long LONGEST = Integer.MAX_VALUE - 8;

  /** The heap holds the elements; blocks of this source are only counted. */
  private static final class CountedOnly implements CachingAllocator.Source<Object> {
    @Override
    public Object reserve(long bytes) {
      return this;
    }

    @Override
    public void giveBack(Object memory) {}
  }

  private final CachingAllocator<Object> allocator =
      new CachingAllocator<>(NAME, new CountedOnly(), MemoryBudget.ofHost());
  private final ConvKernels conv = new ReferenceConv();
  private final GemmKernels gemm = new ReferenceGemm();
  private final NormKernels norm = new ReferenceNorm();
  private final ElementwiseKernels elementwise = new ReferenceElementwise();
  private final CopyKernels copy = new ReferenceCopy();
  private final ReduceKernels reduce = new ReferenceReduce();
  private final PoolKernels pool = new ReferencePool();
  private final ResizeKernels resize = new ReferenceResize();
  private final AugmentKernels augment = new ReferenceAugment();
  private final LossKernels loss = new ReferenceLoss();
  private final OptimKernels optim = new ReferenceOptim();
  private final RandomKernels random = new ReferenceRandom();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "plain Java loops in double precision, one thread, Java "
        + System.getProperty("java.version");
  }

  @Override
  public boolean supports(DType type) {
    return true;
  }

  @Override
  public Buffer allocate(DType type, long length) {
    long bytes = allocator.bytes(type, length);
    if (length > LONGEST) {
      throw new IllegalArgumentException(
          "reference: a buffer has %d elements at most, not %d".formatted(LONGEST, length));
    }
    // The heap may be smaller than the budget: what it refuses must not be counted.
    double[] elements = new double[(int) length];
    return ReferenceBuffer.poisoned(type, elements, allocator.allocate(bytes));
  }

  @Override
  public void release(Buffer buffer) {
    var released = ReferenceBuffer.of(buffer);
    if (released.block() == null) {
      throw new IllegalStateException(
          "reference: %s is a slice; release the buffer that it was taken from".formatted(buffer));
    }
    allocator.release(released.block());
    released.poison();
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
  public void write(float[] source, int from, Buffer target) {
    var to = ReferenceBuffer.of(target);
    for (int i = 0; i < to.length(); i++) {
      to.set(i, source[from + i]);
    }
  }

  @Override
  public void write(int[] source, int from, Buffer target) {
    var to = ReferenceBuffer.of(target);
    for (int i = 0; i < to.length(); i++) {
      to.set(i, source[from + i]);
    }
  }

  @Override
  public void write(double[] source, int from, Buffer target) {
    var to = ReferenceBuffer.of(target);
    for (int i = 0; i < to.length(); i++) {
      to.set(i, source[from + i]);
    }
  }

  @Override
  public void read(Buffer source, float[] target, int from) {
    var values = ReferenceBuffer.of(source);
    for (int i = 0; i < values.length(); i++) {
      target[from + i] = (float) values.get(i);
    }
  }

  @Override
  public void read(Buffer source, int[] target, int from) {
    var values = ReferenceBuffer.of(source);
    for (int i = 0; i < values.length(); i++) {
      target[from + i] = (int) values.get(i);
    }
  }

  @Override
  public void read(Buffer source, double[] target, int from) {
    var values = ReferenceBuffer.of(source);
    for (int i = 0; i < values.length(); i++) {
      target[from + i] = values.get(i);
    }
  }

  /** Kernels have finished when they return. */
  @Override
  public void synchronize() {}

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
    trim();
  }
}
