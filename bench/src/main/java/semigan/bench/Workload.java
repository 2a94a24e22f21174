package semigan.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process beside a peer runs, read from the same options in every process so that all of
 * them do the same work.
 *
 * @param task {@code train-step} or {@code generate}
 * @param mode {@code f32} or {@code bf16}
 * @param batch images a step
 * @param channels image channels
 * @param width filters next to the image; every halving of the image doubles them
 * @param size image height and width: 8, 16, 32, 64, ...
 * @param steps timed steps in a window
 */
public record Workload(
    String task, String mode, int batch, int channels, int width, int size, int steps) {

  private static final String USAGE =
      "--task train-step|generate --mode f32|bf16 --batch N --channels N --width N --size N --steps N";

  /**
   * @throws IllegalArgumentException if a value is not one that the component allows
   */
  public Workload {
    requireOneOf("task", task, List.of("train-step", "generate"));
    requireOneOf("mode", mode, List.of("f32", "bf16"));
    requirePositive("batch", batch);
    requirePositive("channels", channels);
    requirePositive("width", width);
    requirePositive("steps", steps);
    if (size < 8 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          "--size is " + size + ", expected a power of two from 8: the DCGAN doubles a 4x4 image");
    }
  }

  /**
   * Reads options; one that is absent takes the value of the 32x32x1 training step: batch 64, width
   * 64, F32, windows of 10 steps.
   *
   * @throws IllegalArgumentException for an option that does not exist, or a value that it does not
   *     allow
   */
  public static Workload parse(String... args) {
    Map<String, String> options =
        new HashMap<>(
            Map.of(
                "--task",
                "train-step",
                "--mode",
                "f32",
                "--batch",
                "64",
                "--channels",
                "1",
                "--width",
                "64",
                "--size",
                "32",
                "--steps",
                "10"));
    if (args.length % 2 != 0) {
      throw new IllegalArgumentException(
          "an option without a value in " + Arrays.toString(args) + ", expected " + USAGE);
    }
    for (int i = 0; i < args.length; i += 2) {
      if (options.replace(args[i], args[i + 1]) == null) {
        throw new IllegalArgumentException("unknown option " + args[i] + ", expected " + USAGE);
      }
    }
    return new Workload(
        options.get("--task"),
        options.get("--mode"),
        number(options, "--batch"),
        number(options, "--channels"),
        number(options, "--width"),
        number(options, "--size"),
        number(options, "--steps"));
  }

  private static int number(Map<String, String> options, String name) {
    try {
      return Integer.parseInt(options.get(name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + " is " + options.get(name) + ", expected a whole number", e);
    }
  }

  private static void requireOneOf(String name, String value, List<String> allowed) {
    if (!allowed.contains(value)) {
      throw new IllegalArgumentException(
          "--" + name + " is " + value + ", expected one of " + String.join(", ", allowed));
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("--" + name + " is " + value + ", expected 1 or more");
    }
  }
}
