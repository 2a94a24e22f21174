package semigan.kernels.cuda;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import semigan.kernels.Backend;
import semigan.kernels.Buffer;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels;

/** Launches the kernels of optim.cu: one for up to {@link SlotTable#MOST} parameters. */
final class CudaOptim implements OptimKernels {
  private static final String FILE = "optim";
  private static final int NORM_THREADS = 512;

  /** Adam's constants as its kernel takes them. */
  record Settings(AdamSettings adam) implements KernelStruct {
    @Override
    public String type() {
      return "AdamSettings";
    }

    @Override
    public void put(ByteBuffer target) {
      float epsilon = adam.epsilon();
      target.putFloat(adam.beta1()).putFloat(adam.beta2());
      target.putFloat((float) Math.log(adam.beta1())).putFloat((float) Math.log(adam.beta2()));
      target.putFloat(adam.epsilonInsideRoot() ? epsilon : 0);
      target.putFloat(adam.epsilonInsideRoot() ? 0 : epsilon);
    }
  }

  private final Launcher launcher;
  private final Backend memory;

  /**
   * @param memory where partial sums go
   */
  CudaOptim(Launcher launcher, Backend memory) {
    this.launcher = launcher;
    this.memory = memory;
  }

  @Override
  public void advance(Buffer clock) {
    launcher.launch(FILE, "advance_clock", LaunchPlan.ONE_WARP, clock);
  }

  @Override
  public void adam(AdamSettings settings, Buffer clock, Buffer averaging, List<AdamSlot> slots) {
    Settings constants = new Settings(settings);
    for (SlotTable table :
        tables(
            slots,
            slot ->
                new Buffer[] {
                  slot.parameter(),
                  slot.gradient(),
                  slot.firstMoment(),
                  slot.secondMoment(),
                  slot.copy(),
                  slot.average()
                })) {
      // Without averages the second clock is not looked at, but it must be an address.
      Buffer second = averaging == null ? clock : averaging;
      launcher.launch(FILE, "adam", table.launch(), table, constants, clock, second);
    }
  }

  @Override
  public void sgd(float momentum, Buffer clock, List<SgdSlot> slots) {
    for (SlotTable table :
        tables(slots, slot -> new Buffer[] {slot.parameter(), slot.gradient(), slot.velocity()})) {
      launcher.launch(FILE, "sgd", table.launch(), table, momentum, clock);
    }
  }

  @Override
  public void average(float rate, List<AverageSlot> slots) {
    for (SlotTable table : averages(slots)) {
      launcher.launch(FILE, "average_at_rate", table.launch(), table, rate);
    }
  }

  @Override
  public void average(Buffer clock, List<AverageSlot> slots) {
    for (SlotTable table : averages(slots)) {
      launcher.launch(FILE, "average_at_clock", table.launch(), table, clock);
    }
  }

  private static List<SlotTable> averages(List<AverageSlot> slots) {
    return tables(slots, slot -> new Buffer[] {slot.average(), slot.value()});
  }

  /** Sums of squares chunk by chunk, then their sum, then the scaling. */
  @Override
  public void clipByNorm(float limit, List<Buffer> gradients, Buffer norm) {
    List<SlotTable> tables = tables(gradients, gradient -> new Buffer[] {gradient});
    long chunks = tables.stream().mapToLong(SlotTable::chunks).sum();
    Buffer sums = memory.allocate(DType.F32, chunks);
    try {
      long from = 0;
      for (SlotTable table : tables) {
        Buffer part = sums.slice(from, table.chunks());
        launcher.launch(FILE, "sum_squares", table.launch(), table, part);
        from += table.chunks();
      }
      LaunchPlan oneBlock = new LaunchPlan(1, 1, NORM_THREADS);
      launcher.launch(FILE, "norm_of_sums", oneBlock, chunks, sums, norm);
    } finally {
      memory.release(sums);
    }
    if (limit < Float.POSITIVE_INFINITY) {
      for (SlotTable table : tables) {
        launcher.launch(FILE, "scale_to_norm", table.launch(), table, limit, norm);
      }
    }
  }

  private static <S> List<SlotTable> tables(List<S> slots, Function<S, Buffer[]> tensors) {
    return SlotTable.of(slots.stream().map(tensors).toList());
  }
}
