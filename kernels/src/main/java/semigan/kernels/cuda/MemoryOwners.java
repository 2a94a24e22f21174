package semigan.kernels.cuda;

import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import semigan.kernels.DeviceMemoryException;

/** Whose the memory is that is out: the code that asked for it, for a message when it is full. */
final class MemoryOwners {
  /** As many as a line of text can name. */
  private static final int NAMED = 5;

  private static final StackWalker STACK = StackWalker.getInstance();

  private record Held(String owner, long bytes) {}

  private final Map<Object, Held> held = new ConcurrentHashMap<>();

  /** Notes that the caller's caller got {@code block}. */
  void add(Object block, long bytes) {
    held.put(block, new Held(owner(), bytes));
  }

  void remove(Object block) {
    held.remove(block);
  }

  /** {@code held by Adam.<init> 30.0 MiB, Conv2d.forward 20.5 MiB}, the largest first. */
  String describe() {
    Map<String, Long> sums =
        held.values().stream()
            .collect(Collectors.groupingBy(Held::owner, Collectors.summingLong(Held::bytes)));
    List<String> largest = new ArrayList<>();
    sums.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(NAMED)
        .forEach(
            entry ->
                largest.add(entry.getKey() + " " + DeviceMemoryException.size(entry.getValue())));
    return largest.isEmpty() ? "held by nobody" : "held by " + String.join(", ", largest);
  }

  private static String owner() {
    return STACK.walk(
        frames ->
            frames
                .filter(frame -> !isEngine(frame.getClassName()))
                .findFirst()
                .map(MemoryOwners::describe)
                .orElse("the engine"));
  }

  /** Classes through which every request passes; an operation is somebody. */
  private static boolean isEngine(String type) {
    return type.startsWith("semigan.kernels.")
        || type.startsWith("semigan.tensor.") && !type.startsWith("semigan.tensor.ops.");
  }

  /** {@code Conv2d.forward}, for its lambdas too. */
  private static String describe(StackFrame frame) {
    String type = frame.getClassName();
    String method = frame.getMethodName().replaceFirst("^lambda\\$(\\w+)\\$\\d+$", "$1");
    return type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + "." + method;
  }
}
