package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import semigan.kernels.Buffer;
import semigan.kernels.DType;

/**
 * The tensors that one launch of optim.cu updates. A slot is some tensors of one length; a block
 * takes one chunk of one slot.
 *
 * @param slots up to {@link #MOST} lists of up to {@link #TENSORS} buffers, null where a kernel may
 *     do without
 */
record SlotTable(List<Buffer[]> slots) implements KernelStruct {
  /** What the 4 KB of a kernel's parameters hold. */
  static final int MOST = 60;

  private static final int TENSORS = 6;
  private static final int CHUNK = 2048;
  private static final int THREADS = 256;

  /** As many tables as all slots need; empty slots are left out. */
  static List<SlotTable> of(List<Buffer[]> slots) {
    List<Buffer[]> filled = slots.stream().filter(slot -> slot[0].length() > 0).toList();
    List<SlotTable> tables = new ArrayList<>();
    for (int from = 0; from < filled.size(); from += MOST) {
      tables.add(new SlotTable(filled.subList(from, Math.min(from + MOST, filled.size()))));
    }
    return tables;
  }

  int chunks() {
    long chunks = 0;
    for (Buffer[] slot : slots) {
      chunks += chunks(slot);
    }
    return Math.toIntExact(chunks);
  }

  private static long chunks(Buffer[] slot) {
    return (slot[0].length() + CHUNK - 1) / CHUNK;
  }

  /** A block for each chunk. */
  LaunchPlan launch() {
    return new LaunchPlan(chunks(), 1, THREADS);
  }

  @Override
  public String type() {
    return "Slots";
  }

  @Override
  public void put(ByteBuffer target) {
    int start = target.position();
    long firstChunk = 0;
    for (Buffer[] slot : slots) {
      int narrow = 0;
      for (int i = 0; i < TENSORS; i++) {
        Buffer tensor = i < slot.length ? slot[i] : null;
        target.putLong(tensor == null ? 0 : CudaBuffer.of(tensor).address());
        narrow |= tensor != null && tensor.type() == DType.BF16 ? 1 << i : 0;
      }
      target.putLong(slot[0].length()).putInt((int) firstChunk).putInt(narrow);
      firstChunk += chunks(slot);
    }
    int slotBytes = TENSORS * Long.BYTES + Long.BYTES + 2 * Integer.BYTES;
    target.position(start + MOST * slotBytes);
    target.putInt(slots.size()).putInt(0);
  }
}
