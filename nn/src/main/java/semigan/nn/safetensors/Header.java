package semigan.nn.safetensors;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;

/**
 * What a header says.
 *
 * @param tensors by name, in the file's order
 */
record Header(Map<String, Tensor> tensors, Map<String, String> metadata) {

  /** One tensor; its elements are the bytes [begin, end) of the data. */
  record Tensor(StoredType type, long[] shape, long begin, long end) {
    long elements() {
      return (end - begin) / type.bytes();
    }

    @Override
    public String toString() {
      return type + " " + Arrays.toString(shape);
    }
  }

  /**
   * Holds the tensors against each other and against the file: each as large as its shape says, and
   * all together covering the data exactly once.
   */
  void check(Path file, long dataBytes) throws SafetensorsException {
    for (var entry : tensors.entrySet()) {
      checkSize(file, entry.getKey(), entry.getValue(), dataBytes);
    }
    var byPosition =
        tensors.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<String, Tensor> e) -> e.getValue().begin())
                    .thenComparingLong(e -> e.getValue().end()))
            .toList();
    long position = 0;
    for (var entry : byPosition) {
      Tensor tensor = entry.getValue();
      if (tensor.begin() != position) {
        throw new SafetensorsException(
            file,
            "tensor '%s' begins at byte %d of the data, which %s; expected %d"
                .formatted(
                    entry.getKey(),
                    tensor.begin(),
                    tensor.begin() < position
                        ? "overlaps the tensor before it"
                        : "leaves a gap after the tensor before it",
                    position));
      }
      position = tensor.end();
    }
    if (position != dataBytes) {
      throw new SafetensorsException(
          file,
          "the tensors take %d bytes but the file holds %d after its header"
              .formatted(position, dataBytes));
    }
  }

  private static void checkSize(Path file, String name, Tensor tensor, long dataBytes)
      throws SafetensorsException {
    if (tensor.begin() < 0 || tensor.begin() > tensor.end() || tensor.end() > dataBytes) {
      throw new SafetensorsException(
          file,
          "tensor '%s' (%s) lies at bytes [%d,%d) of the data, expected 0 <= begin <= end <= %d, the data's length"
              .formatted(name, tensor, tensor.begin(), tensor.end(), dataBytes));
    }
    long expected;
    try {
      expected = TensorEntry.byteCount(tensor.type(), tensor.shape());
    } catch (IllegalArgumentException e) {
      throw new SafetensorsException(file, "tensor '%s': %s".formatted(name, e.getMessage()));
    }
    if (expected != tensor.end() - tensor.begin()) {
      throw new SafetensorsException(
          file,
          "tensor '%s' (%s) takes %d bytes but its offsets [%d,%d) span %d"
              .formatted(
                  name,
                  tensor,
                  expected,
                  tensor.begin(),
                  tensor.end(),
                  tensor.end() - tensor.begin()));
    }
  }
}
