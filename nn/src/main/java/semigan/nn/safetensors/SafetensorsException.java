package semigan.nn.safetensors;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not valid safetensors. The message names the file, the tensor, and what was wrong. */
public final class SafetensorsException extends IOException {
  private static final long serialVersionUID = 1L;

  SafetensorsException(Path file, String problem) {
    super(file + ": " + problem);
  }

  SafetensorsException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
