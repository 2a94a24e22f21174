package semigan.gan.train;

/**
 * Where and how a run goes.
 *
 * @param seed of everything random
 * @param device name of the backend: {@code cpu}, {@code cuda}, {@code cuda:1}
 * @param precision how activations are stored in training
 * @param sampleEvery steps between sample grids
 * @param evaluateEvery steps between measurements
 * @param checkpointEvery steps between checkpoints
 */
public record RunSettings(
    long seed,
    String device,
    Precision precision,
    long sampleEvery,
    long evaluateEvery,
    long checkpointEvery) {
  public RunSettings {
    Limits.positive("sampleEvery", sampleEvery);
    Limits.positive("evaluateEvery", evaluateEvery);
    Limits.positive("checkpointEvery", checkpointEvery);
  }

  RunSettings withSeed(long other) {
    return new RunSettings(other, device, precision, sampleEvery, evaluateEvery, checkpointEvery);
  }

  RunSettings on(String found) {
    return new RunSettings(seed, found, precision, sampleEvery, evaluateEvery, checkpointEvery);
  }
}
