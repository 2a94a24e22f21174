package semigan.gan.train;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import semigan.kernels.DType;

/** How activations and their gradients are stored in training. Weights and losses stay F32. */
public enum Precision {
  F32(DType.F32),
  /** Half the memory and faster products; sums and statistics are F32 all the same. */
  BF16(DType.BF16);

  private final DType type;

  Precision(DType type) {
    this.type = type;
  }

  DType type() {
    return type;
  }

  /** As on the command line and in {@code config.json}: {@code bf16}. */
  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
