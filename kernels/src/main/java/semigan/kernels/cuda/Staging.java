package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ObjLongConsumer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * The way between the host's arrays and the GPU: through pinned memory, in pieces. An upload
 * crosses the bus on a stream of its own into memory beside its target, while kernels that still
 * use the target run, and then takes its place in their order.
 */
final class Staging implements AutoCloseable {
  /** Long enough for the bus to be at its full speed. */
  private static final int PIECE = 4 << 20;

  /** Below this the crossing costs less than ordering two streams. */
  private static final int SMALL = 64 << 10;

  private static final int SLOTS = 3;

  /** Pinned memory, the device memory that it is sent to, and when each is free again. */
  private static final class Slot {
    private final Pointer pinned = new Pointer();
    private final ByteBuffer bytes;
    private final CUdeviceptr device = new CUdeviceptr();
    private final CUevent sent = new CUevent();
    private final CUevent free = new CUevent();

    /**
     * @param made how to give back what was made, the last first
     */
    Slot(Deque<Runnable> made) {
      check(JCudaDriver.cuMemHostAlloc(pinned, PIECE, 0), "cuMemHostAlloc");
      made.push(() -> JCudaDriver.cuMemFreeHost(pinned));
      bytes = pinned.getByteBuffer(0, PIECE).order(ByteOrder.nativeOrder());
      check(JCudaDriver.cuMemAlloc(device, PIECE), "cuMemAlloc");
      made.push(() -> JCudaDriver.cuMemFree(device));
      for (CUevent event : new CUevent[] {sent, free}) {
        check(
            JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING),
            "cuEventCreate");
        made.push(() -> JCudaDriver.cuEventDestroy(event));
      }
    }
  }

  private final CudaContext context;
  private final CUstream copies = new CUstream();
  private final Slot[] slots = new Slot[SLOTS];
  private int next;

  /** How to give back what was made, the last first. JCuda leaves no null where a call failed. */
  private final Deque<Runnable> made = new ArrayDeque<>();

  Staging(CudaContext context) {
    this.context = context;
    check(
        JCudaDriver.cuStreamCreate(copies, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "cuStreamCreate");
    made.push(() -> JCudaDriver.cuStreamDestroy(copies));
    try {
      for (int i = 0; i < SLOTS; i++) {
        slots[i] = new Slot(made);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Fills {@code target}; returns when the host's part is done.
   *
   * @param length bytes, all of the target
   * @param fill puts the bytes from a position on into a buffer, as many as it has room for
   */
  void upload(CUdeviceptr target, long length, ObjLongConsumer<ByteBuffer> fill) {
    context.use();
    for (long at = 0; at < length; at += PIECE) {
      int size = (int) Math.min(PIECE, length - at);
      Slot slot = slots[next];
      next = (next + 1) % SLOTS;
      check(JCudaDriver.cuEventSynchronize(slot.free), "cuEventSynchronize");
      fill.accept(slot.bytes.slice(0, size).order(ByteOrder.nativeOrder()), at);
      send(slot, target.withByteOffset(at), size);
    }
  }

  private void send(Slot slot, CUdeviceptr target, int size) {
    CUstream order = context.stream();
    if (size <= SMALL) {
      check(JCudaDriver.cuMemcpyHtoDAsync(target, slot.pinned, size, order), "cuMemcpyHtoDAsync");
    } else {
      check(
          JCudaDriver.cuMemcpyHtoDAsync(slot.device, slot.pinned, size, copies),
          "cuMemcpyHtoDAsync");
      check(JCudaDriver.cuEventRecord(slot.sent, copies), "cuEventRecord");
      check(JCudaDriver.cuStreamWaitEvent(order, slot.sent, 0), "cuStreamWaitEvent");
      check(JCudaDriver.cuMemcpyDtoDAsync(target, slot.device, size, order), "cuMemcpyDtoDAsync");
    }
    check(JCudaDriver.cuEventRecord(slot.free, order), "cuEventRecord");
  }

  /**
   * Reads {@code source} when the kernels before are done.
   *
   * @param length bytes, all of the source
   * @param drain takes the bytes at a position out of a buffer
   */
  void download(CUdeviceptr source, long length, ObjLongConsumer<ByteBuffer> drain) {
    context.use();
    Slot slot = slots[next];
    check(JCudaDriver.cuEventSynchronize(slot.free), "cuEventSynchronize");
    for (long at = 0; at < length; at += PIECE) {
      int size = (int) Math.min(PIECE, length - at);
      check(
          JCudaDriver.cuMemcpyDtoHAsync(
              slot.pinned, source.withByteOffset(at), size, context.stream()),
          "cuMemcpyDtoHAsync");
      check(JCudaDriver.cuStreamSynchronize(context.stream()), "cuStreamSynchronize");
      drain.accept(slot.bytes.slice(0, size).order(ByteOrder.nativeOrder()), at);
    }
  }

  @Override
  public void close() {
    made.forEach(Runnable::run);
  }
}
