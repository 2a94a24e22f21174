package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.util.concurrent.atomic.AtomicBoolean;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import semigan.kernels.CachingAllocator;
import semigan.kernels.Recorder;

/** Records work as a CUDA graph: one launch for all of its kernels. */
final class CudaRecorder implements Recorder {
  /** {@code CU_STREAM_CAPTURE_MODE_THREAD_LOCAL}: other threads may allocate meanwhile. */
  private static final int THREAD_LOCAL = 1;

  private final CudaContext context;
  private final CachingAllocator<DeviceMemory> allocator;
  private final CachingAllocator.Pool<DeviceMemory> pool = new CachingAllocator.Pool<>();
  private CUgraphExec executable;
  private final AtomicBoolean recording;

  /**
   * @param recording set while this one records; one for all recorders of a GPU
   */
  CudaRecorder(
      CudaContext context, CachingAllocator<DeviceMemory> allocator, AtomicBoolean recording) {
    this.context = context;
    this.allocator = allocator;
    this.recording = recording;
  }

  @Override
  public void rehearse(Runnable work) {
    allocator.enter(pool);
    try {
      work.run();
    } finally {
      allocator.leave();
    }
  }

  @Override
  public void record(Runnable work) {
    pool.seal();
    CUgraph graph = new CUgraph();
    context.use();
    check(JCudaDriver.cuStreamBeginCapture(context.stream(), THREAD_LOCAL), "cuStreamBeginCapture");
    recording.set(true);
    int ended = CUresult.CUDA_ERROR_UNKNOWN;
    try {
      try {
        rehearse(work);
      } finally {
        recording.set(false);
        ended = JCudaDriver.cuStreamEndCapture(context.stream(), graph);
      }
      check(ended, "cuStreamEndCapture");
      CUgraphExec made = new CUgraphExec();
      check(JCudaDriver.cuGraphInstantiate(made, graph, 0), "cuGraphInstantiate");
      executable = made;
    } finally {
      if (ended == CUresult.CUDA_SUCCESS) {
        JCudaDriver.cuGraphDestroy(graph);
      }
    }
  }

  @Override
  public void launch() {
    context.use();
    check(JCudaDriver.cuGraphLaunch(executable, context.stream()), "cuGraphLaunch");
  }

  /** The stream's order keeps later users of the memory behind launches that still run. */
  @Override
  public void close() {
    try {
      if (executable != null) {
        context.synchronize();
        check(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
        executable = null;
      }
    } finally {
      allocator.dissolve(pool);
    }
  }
}
