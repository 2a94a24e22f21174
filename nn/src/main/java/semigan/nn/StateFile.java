package semigan.nn;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import semigan.kernels.DType;
import semigan.nn.safetensors.SafetensorsException;
import semigan.nn.safetensors.SafetensorsFile;
import semigan.nn.safetensors.SafetensorsWriter;
import semigan.nn.safetensors.StoredType;
import semigan.nn.safetensors.TensorEntry;
import semigan.tensor.Tensor;

/**
 * A state dictionary in a safetensors file: what {@link Module#state} and {@link Optimizer#state}
 * name, each tensor in the type that it has on its device.
 */
public final class StateFile {
  private StateFile() {}

  /**
   * Writes {@code state} in its order, with checksums, replacing {@code file} as a whole or not at
   * all.
   *
   * @param metadata what else is to be known about the tensors; may be empty
   * @throws IllegalArgumentException if a tensor is F64, which is not for files
   * @throws IOException if the file cannot be written; an earlier one is then untouched
   */
  public static void save(Path file, Map<String, Tensor> state, Map<String, String> metadata)
      throws IOException {
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    state.forEach((name, tensor) -> entries.put(name, entry(name, tensor)));
    SafetensorsWriter.writeChecked(file, entries, metadata);
  }

  /**
   * Overwrites every tensor of {@code state} with the file's tensor of that name. File and state
   * must name the same tensors, of the same shapes, both I32 or both floating-point numbers; F32
   * and BF16 convert. All of this, and the checksums of a file that has them, are checked before
   * the first tensor is touched.
   *
   * @return the file's metadata
   * @throws StateException if the file's tensors are not those of {@code state}
   * @throws SafetensorsException if the file is missing or damaged
   * @throws IOException if it cannot be read; some tensors may then be overwritten
   */
  public static Map<String, String> load(Path file, Map<String, Tensor> state) throws IOException {
    try (SafetensorsFile source = SafetensorsFile.open(file)) {
      requireSame(file, source, state);
      source.requireWhole();
      for (var entry : state.entrySet()) {
        read(source, entry.getKey(), entry.getValue());
      }
      return source.metadata();
    }
  }

  private static TensorEntry entry(String name, Tensor tensor) {
    long[] shape = sizes(tensor);
    return switch (tensor.type()) {
      case F32 -> TensorEntry.floats(StoredType.F32, tensor::toFloats, shape);
      case BF16 -> TensorEntry.floats(StoredType.BF16, tensor::toFloats, shape);
      case I32 -> TensorEntry.i32(tensor.toInts(), shape);
      case F64 ->
          throw new IllegalArgumentException(
              "tensor '%s' is F64, which is for gradient checks; save F32, BF16 or I32"
                  .formatted(name));
    };
  }

  private static void requireSame(Path file, SafetensorsFile source, Map<String, Tensor> state)
      throws StateException {
    for (var entry : state.entrySet()) {
      String name = entry.getKey();
      Tensor tensor = entry.getValue();
      String expected = form(tensor.type(), sizes(tensor));
      if (!source.names().contains(name)) {
        throw new StateException(
            file, "holds no tensor '%s', which is %s in the model".formatted(name, expected));
      }
      if (!fits(source.type(name), tensor.type())
          || !Arrays.equals(source.shape(name), sizes(tensor))) {
        throw new StateException(
            file,
            "tensor '%s' is %s in the file but %s in the model"
                .formatted(name, form(source.type(name), source.shape(name)), expected));
      }
    }
    for (String name : source.names()) {
      if (!state.containsKey(name)) {
        throw new StateException(
            file,
            "holds a tensor '%s', %s, which the model does not have"
                .formatted(name, form(source.type(name), source.shape(name))));
      }
    }
  }

  private static boolean fits(StoredType stored, DType type) {
    return type.isFloatingPoint() ? stored.isFloatingPoint() : stored == StoredType.I32;
  }

  private static void read(SafetensorsFile source, String name, Tensor target) throws IOException {
    if (target.type().isFloatingPoint()) {
      target.assign(source.readFloats(name));
    } else {
      target.device().write(source.readInts(name), 0, target.buffer());
    }
  }

  private static long[] sizes(Tensor tensor) {
    return tensor.shape().toList().stream().mapToLong(Integer::longValue).toArray();
  }

  /** {@code F32 [64,4,4,1]}. */
  private static String form(Enum<?> type, long[] sizes) {
    return type + " " + Arrays.toString(sizes).replace(" ", "");
  }
}
