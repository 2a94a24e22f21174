package org.nd4j.nativeblas;

/**
 * Where DL4J 1.0.0-M2.1 looks, by reflection, for whether its layers may use oneDNN. Its own class
 * has moved to another package and its method has another name, so that without this one no layer
 * ever does, and a training step takes ten times as long.
 */
public final class Nd4jCpu {
  private Nd4jCpu() {}

  /** The switches of its native library. */
  public static final class Environment {
    private Environment() {}

    public static Environment getInstance() {
      return new Environment();
    }

    public boolean isUseMKLDNN() {
      return true;
    }
  }
}
