package semigan.kernels.cuda;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import semigan.kernels.Buffer;
import semigan.kernels.DType;

/**
 * The parameters of a kernel as its source declares them. A launch packs bytes that nobody checks
 * any more, so each is held against this before.
 *
 * @param kernel its name
 * @param parameters types as in the source, without {@code __restrict__}: {@code const float*},
 *     {@code long long}, {@code Box}
 */
record KernelSignature(String kernel, List<String> parameters) {
  private static final Pattern KERNEL =
      Pattern.compile(
          "extern\\s+\"C\"\\s+__global__\\s+(?:void\\s+)?(?:__launch_bounds__\\s*\\([^)]*\\)\\s*)?(?:void\\s+)?(\\w+)\\s*\\(([^)]*)\\)");

  /** The kernels of one source, by name. */
  static Map<String, KernelSignature> in(String source) {
    Map<String, KernelSignature> found = new LinkedHashMap<>();
    Matcher matcher = KERNEL.matcher(source.replaceAll("//[^\n]*", ""));
    while (matcher.find()) {
      List<String> types = new ArrayList<>();
      for (String parameter : matcher.group(2).split(",")) {
        if (!parameter.isBlank()) {
          types.add(type(parameter));
        }
      }
      found.put(matcher.group(1), new KernelSignature(matcher.group(1), types));
    }
    return found;
  }

  /** {@code const float *__restrict__ x} is of type {@code const float*}. */
  private static String type(String parameter) {
    String text = parameter.replace("__restrict__", " ").replace("*", "* ").strip();
    String withoutName = text.replaceAll("\\w+$", "").strip();
    return withoutName.replaceAll("\\s+", " ").replace(" *", "*");
  }

  /**
   * @throws IllegalStateException if a launch with these arguments would give the kernel other
   *     bytes than it reads
   */
  void check(Object[] arguments) {
    boolean fits = arguments.length == parameters.size();
    for (int i = 0; fits && i < arguments.length; i++) {
      fits = fits(parameters.get(i), arguments[i]);
    }
    if (!fits) {
      List<String> given = new ArrayList<>();
      for (Object argument : arguments) {
        given.add(
            argument instanceof Buffer buffer
                ? "buffer of " + buffer.type()
                : argument.getClass().getSimpleName());
      }
      throw new IllegalStateException(
          "launch: %s takes %s but was given %s".formatted(kernel, parameters, given));
    }
  }

  private static boolean fits(String type, Object argument) {
    if (type.endsWith("*")) {
      return argument instanceof Buffer buffer && points(type, buffer.type());
    }
    return switch (type) {
      case "int" -> argument instanceof Integer;
      case "long long" -> argument instanceof Long;
      case "float" -> argument instanceof Float;
      default -> argument instanceof KernelStruct struct && struct.type().equals(type);
    };
  }

  private static boolean points(String type, DType stored) {
    return switch (type.replace("const ", "")) {
      case "float*" -> stored == DType.F32;
      case "bf16*" -> stored == DType.BF16;
      case "int*" -> stored == DType.I32;
      default -> false;
    };
  }
}
