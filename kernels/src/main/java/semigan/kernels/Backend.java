package semigan.kernels;

import java.util.Optional;

/**
 * A device and what it can do: memory, transfers, and the kernel families. Allocating and releasing
 * is safe from any thread; kernels are called from one thread at a time, run in the order of their
 * calls, and may still be running when the call returns.
 *
 * <p>Three rules hold for every kernel. It <b>overwrites</b> its outputs and never reads them. An
 * output overlaps an input only where the method says that it may. Arguments were checked by the
 * geometry record or by the caller, and are not checked again.
 */
public interface Backend extends AutoCloseable {
  /** The name that opens it: {@code reference}, {@code cpu} or {@code cuda}. */
  String name();

  /** One line for people: processor, threads, library versions. */
  String description();

  /** Whether buffers of this type can be allocated and computed on. */
  boolean supports(DType type);

  /**
   * Uninitialised memory for {@code length} elements, aligned to 64 bytes.
   *
   * @throws DeviceMemoryException if the memory budget does not hold it
   * @throws IllegalArgumentException if buffers of this type are not supported, if the length is
   *     negative, or if it is more than one buffer can hold
   */
  Buffer allocate(DType type, long length);

  /**
   * Hands a buffer from {@link #allocate} back for reuse; its contents may be overwritten at once.
   *
   * @throws IllegalStateException if it was released before
   */
  void release(Buffer buffer);

  MemoryUsage memory();

  /** Gives memory that is cached for reuse back to the system; like a kernel, called by itself. */
  void trim();

  /** Copies {@code source[from ..]} into the whole of {@code target}, converting to its type. */
  void write(float[] source, int from, Buffer target);

  /** As {@link #write(float[], int, Buffer)}, for {@link DType#I32}. */
  void write(int[] source, int from, Buffer target);

  /**
   * Copies the whole of {@code source} to {@code target[from ..]}, waiting for the kernels that
   * write it.
   */
  void read(Buffer source, float[] target, int from);

  /** As {@link #read(Buffer, float[], int)}, for {@link DType#I32}. */
  void read(Buffer source, int[] target, int from);

  /**
   * As {@link #write(float[], int, Buffer)} in double: exact where the device stores {@link
   * DType#F64}.
   */
  default void write(double[] source, int from, Buffer target) {
    float[] single = new float[Math.toIntExact(target.length())];
    for (int i = 0; i < single.length; i++) {
      single[i] = (float) source[from + i];
    }
    write(single, 0, target);
  }

  /**
   * As {@link #read(Buffer, float[], int)} in double: exact where the device stores {@link
   * DType#F64}.
   */
  default void read(Buffer source, double[] target, int from) {
    float[] single = new float[Math.toIntExact(source.length())];
    read(source, single, 0);
    for (int i = 0; i < single.length; i++) {
      target[from + i] = single[i];
    }
  }

  /** Returns when every kernel called so far has finished. */
  void synchronize();

  /**
   * A recorder for work that is run many times with the same buffers; nothing where a call costs no
   * more than a launch from a recording would.
   */
  default Optional<Recorder> recorder() {
    return Optional.empty();
  }

  ConvKernels conv();

  GemmKernels gemm();

  NormKernels norm();

  ElementwiseKernels elementwise();

  CopyKernels copy();

  ReduceKernels reduce();

  PoolKernels pool();

  ResizeKernels resize();

  AugmentKernels augment();

  LossKernels loss();

  OptimKernels optim();

  RandomKernels random();

  /** Frees everything; its buffers must not be used afterwards. */
  @Override
  void close();
}
