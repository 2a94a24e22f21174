package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUstreamCaptureStatus;
import jcuda.driver.JCudaDriver;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ConvDirection;
import semigan.kernels.ConvKernels;
import semigan.kernels.DType;
import semigan.kernels.DeviceFailureException;
import semigan.kernels.DeviceMemoryException;
import semigan.kernels.WholeImageConv;

/**
 * Convolution by cuDNN, or by a product where it is one, or by our own kernels where they are
 * switched on or cuDNN has nothing. The algorithm for a geometry is chosen the first time it is
 * used, among those that give the same bits at each call.
 */
final class CudaConv implements ConvKernels, AutoCloseable {
  private final CudaContext context;
  private final Backend backend;
  private final CudaOptions options;
  private final long workspaceLimit;
  private final DnnHandle handle;
  private final WholeImageConv wholeImages;
  private final CudaConvEnds ends;
  private final CudaConvStaging staging;
  private final Map<DnnConvolution.Key, DnnConvolution> convolutions = new HashMap<>();

  /** What cuDNN cannot do and our own kernels can. */
  private final Set<DnnConvolution.Key> refused = new HashSet<>();

  CudaConv(CudaContext context, Launcher launcher, Backend backend, CudaOptions options) {
    this.context = context;
    this.backend = backend;
    this.options = options;
    workspaceLimit = options.workspaceLimit(context.totalMemory());
    handle = new DnnHandle(context);
    wholeImages = new WholeImageConv(backend);
    ends = new CudaConvEnds(launcher, backend);
    staging = new CudaConvStaging(context, backend);
  }

  @Override
  public void forward(Conv2dGeometry geometry, Buffer x, Buffer w, Buffer y) {
    if (WholeImageConv.fits(geometry)) {
      wholeImages.forward(geometry, x, w, y);
    } else {
      run(ConvDirection.FORWARD, geometry, x, w, y);
    }
  }

  @Override
  public void backwardInput(Conv2dGeometry geometry, Buffer dy, Buffer w, Buffer dx) {
    if (WholeImageConv.fits(geometry)) {
      wholeImages.backwardInput(geometry, dy, w, dx);
    } else {
      run(ConvDirection.BACKWARD_INPUT, geometry, dx, w, dy);
    }
  }

  @Override
  public void backwardWeight(Conv2dGeometry geometry, Buffer x, Buffer dy, Buffer dw) {
    if (WholeImageConv.fits(geometry)) {
      wholeImages.backwardWeight(geometry, x, dy, dw);
    } else {
      run(ConvDirection.BACKWARD_WEIGHT, geometry, x, dw, dy);
    }
  }

  /** Our own kernels come in where they are wanted, and where cuDNN has nothing. */
  private void run(ConvDirection direction, Conv2dGeometry geometry, Buffer x, Buffer w, Buffer y) {
    boolean canBeOurs = CudaConvEnds.fits(geometry);
    DnnConvolution.Key key = new DnnConvolution.Key(direction, geometry, x.type());
    if (canBeOurs && (options.directEnds() || refused.contains(key))) {
      runOurs(direction, geometry, x, w, y);
      return;
    }
    try {
      staging.run(direction, geometry, x, w, y, this::convolve);
    } catch (UnsupportedOperationException e) {
      if (!canBeOurs) {
        throw e;
      }
      refused.add(key);
      runOurs(direction, geometry, x, w, y);
    }
  }

  private void runOurs(
      ConvDirection direction, Conv2dGeometry geometry, Buffer x, Buffer w, Buffer y) {
    switch (direction) {
      case FORWARD -> ends.forward(geometry, x, w, y);
      case BACKWARD_INPUT -> ends.backwardInput(geometry, y, w, x);
      case BACKWARD_WEIGHT -> ends.backwardWeight(geometry, x, y, w);
    }
  }

  private void convolve(DnnConvolution.Key key, DnnConvolution.Operands at) {
    context.use();
    DnnConvolution convolution = convolutions.get(key);
    if (convolution == null) {
      convolutions.put(key, firstRun(key, at));
    } else {
      run(convolution, at);
    }
  }

  private void run(DnnConvolution convolution, DnnConvolution.Operands at) {
    if (convolution.workspace() == 0) {
      convolution.run(at, new Pointer());
      return;
    }
    // The stream's order keeps later users of this memory behind the convolution.
    long floats = (convolution.workspace() + Float.BYTES - 1) / Float.BYTES;
    Buffer space = backend.allocate(DType.F32, floats);
    try {
      convolution.run(at, CudaBuffer.pointer(space));
    } finally {
      backend.release(space);
    }
  }

  /** Chooses an algorithm and runs it. cuDNN may offer what it then refuses to run. */
  private DnnConvolution firstRun(DnnConvolution.Key key, DnnConvolution.Operands at) {
    if (isCapturing()) {
      throw new IllegalStateException(
          "cuda: %s: cuDNN has not run it yet, and cannot choose an algorithm while work is being recorded; run the step once before it is recorded"
              .formatted(key));
    }
    DnnConvolution fresh = new DnnConvolution(handle, key, options.tf32());
    try {
      RuntimeException refusal = null;
      for (var algorithm :
          DnnAlgorithm.repeatable(ranked(fresh, at), workspaceLimit, key.toString())) {
        fresh.use(algorithm);
        try {
          run(fresh, at);
          return fresh;
        } catch (UnsupportedOperationException
            | DeviceFailureException
            | DeviceMemoryException e) { // another may do with less
          refusal = refusal == null ? e : refusal;
        }
      }
      throw refusal;
    } catch (RuntimeException e) {
      fresh.close();
      throw e;
    }
  }

  /** A search leaves out what its workspace is too small for, which may be all that can be used. */
  private List<DnnAlgorithm> ranked(DnnConvolution convolution, DnnConvolution.Operands at) {
    List<DnnAlgorithm> timed = options.search() ? search(convolution, at) : List.of();
    return timed.stream().anyMatch(DnnAlgorithm::deterministic) ? timed : convolution.expected();
  }

  /**
   * With as much workspace as there is; it goes back to the driver, so that no recording keeps it.
   */
  private List<DnnAlgorithm> search(DnnConvolution convolution, DnnConvolution.Operands at) {
    context.synchronize(); // cuDNN may time on another stream, which waits for nothing on ours
    long bytes = workspaceLimit;
    try (var source = new DeviceMemory.Source(context)) {
      DeviceMemory space = bytes == 0 ? null : source.reserve(bytes);
      while (space == null && bytes > 0) {
        bytes /= 2;
        space = bytes == 0 ? null : source.reserve(bytes);
      }
      return convolution.timed(at, space == null ? new Pointer() : space.pointer(), bytes);
    }
  }

  private boolean isCapturing() {
    int[] status = new int[1];
    check(JCudaDriver.cuStreamIsCapturing(context.stream(), status), "cuStreamIsCapturing");
    return status[0] != CUstreamCaptureStatus.CU_STREAM_CAPTURE_STATUS_NONE;
  }

  /** Frees what cuDNN holds; no convolution may be running. */
  @Override
  public void close() {
    convolutions.values().forEach(DnnConvolution::close);
    convolutions.clear();
    handle.close();
  }
}
