package semigan.bench;

import picocli.CommandLine.Option;

/**
 * What a process beside a peer runs: the same options for every process, so that all do the same
 * work.
 */
public final class Workload {
  @Option(
      names = "--task",
      defaultValue = "train-step",
      description = "train-step, generate or mlp-step (28x28x1, no --width)")
  private String task;

  @Option(names = "--mode", defaultValue = "f32", description = "f32, tf32 or bf16")
  private String mode;

  @Option(names = "--batch", defaultValue = "64", description = "images a step")
  private int batch;

  @Option(names = "--channels", defaultValue = "1", description = "1 or 3")
  private int channels;

  @Option(names = "--width", defaultValue = "64", description = "filters next to the image")
  private int width;

  @Option(names = "--size", defaultValue = "32", description = "image height and width, 32 or 64")
  private int size;

  @Option(names = "--steps", defaultValue = "10", description = "timed steps in a window")
  private int steps;

  /** Compilation, primitive caches, clocks and allocators settle in these. */
  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description = "untimed steps before the first window; ten seconds of them at least")
  private int warmUp;

  public String task() {
    return task;
  }

  public String mode() {
    return mode;
  }

  /** Images a step. */
  public int batch() {
    return batch;
  }

  public int channels() {
    return channels;
  }

  /** Filters next to the image; every halving of the image doubles them. */
  public int width() {
    return width;
  }

  /** Image height and width. */
  public int size() {
    return size;
  }

  /** Untimed steps before the first window. */
  public int warmUp() {
    return warmUp;
  }

  /** Timed steps in a window. */
  public int steps() {
    return steps;
  }
}
