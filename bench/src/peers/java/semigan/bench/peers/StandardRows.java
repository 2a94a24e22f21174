package semigan.bench.peers;

import java.util.ArrayList;
import java.util.List;

/** The rows of the tables in bench/README.md. */
final class StandardRows {
  private StandardRows() {}

  /**
   * Every batch at 32x32x1, the others at one batch, and the step of fully connected layers; BF16
   * where the machine has it.
   */
  static List<Row> of(Machine machine) {
    List<Row> rows = new ArrayList<>();
    for (String task : List.of("train-step", "generate")) {
      for (String mode : machine.hasBf16() ? List.of("f32", "bf16") : List.of("f32")) {
        for (int batch = 16; batch <= 512; batch *= 2) {
          rows.add(new Row(task, mode, batch, 32, 1, 64));
        }
        rows.add(new Row(task, mode, 64, 64, 1, 64));
        rows.add(new Row(task, mode, 64, 32, 3, 64));
        rows.add(new Row(task, mode, 64, 64, 3, 64));
      }
    }
    rows.add(new Row("mlp-step", "f32", 100, 28, 1, 64));
    return rows;
  }
}
