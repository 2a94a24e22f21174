package semigan.nn;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file is in order but does not hold the tensors that it was to be loaded into: its weights are
 * those of another architecture. The message names the file, the first tensor that differs, and
 * what it is on either side.
 */
public final class StateException extends IOException {
  private static final long serialVersionUID = 1L;

  StateException(Path file, String difference) {
    super(
        "%s: %s: these are the weights of another architecture; build the model as it was when they were saved"
            .formatted(file, difference));
  }
}
