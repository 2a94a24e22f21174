package semigan.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import semigan.bench.peers.Result.Measured;

/** Processes that do the same row in turns, a window each, only one of them awake at a time. */
final class Comparison {
  private final Path folder;
  private final String machine;
  private final int windows;

  /**
   * @param folder takes what the processes say beside their answers
   * @param machine as {@link Result} has it
   * @param windows to time, behind one that is not counted
   */
  Comparison(Path folder, String machine, int windows) {
    this.folder = folder;
    this.machine = machine;
    this.windows = windows;
  }

  /**
   * Measures one row. A peer that fails is left out from then on, and the others go on.
   *
   * @param peers by name, in the order of their turns
   * @param steps in a window of ours
   */
  Result measure(Row row, Map<String, Peer> peers, int steps)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Map<String, PeerProcess> running = new LinkedHashMap<>();
    Map<String, double[]> times = new LinkedHashMap<>();
    Map<String, Measured> results = new LinkedHashMap<>();
    try {
      for (String name : peers.keySet()) {
        results.put(name, null); // holds its place
        times.put(name, new double[windows]);
        running.put(name, start(name, peers.get(name), row, steps));
        window(name, running, results); // the first of each is warm-up
      }
      for (int i = 0; i < windows; i++) {
        for (String name : List.copyOf(running.keySet())) {
          times.get(name)[i] = window(name, running, results);
        }
      }
      running.forEach(
          (name, process) ->
              results.put(name, new Measured(times.get(name), process.peakMegabytes(), null)));
    } finally {
      running.values().forEach(PeerProcess::close);
    }
    String today = LocalDate.now().toString();
    return new Result(row.toString(), machine, today, windows, steps, results);
  }

  private PeerProcess start(String name, Peer peer, Row row, int steps) throws IOException {
    String file = name.replace(' ', '-');
    Path crash = folder.resolve(file + "-crash.log").toAbsolutePath();
    return new PeerProcess(
        peer.command(row, steps, crash), peer.environment(), folder.resolve(file + ".log"));
  }

  private static double window(
      String name, Map<String, PeerProcess> running, Map<String, Measured> results)
      throws IOException, InterruptedException {
    try {
      return running.get(name).window();
    } catch (PeerProcess.FailedException e) {
      running.remove(name).close();
      results.put(name, Measured.failed(e.getMessage()));
      return Double.NaN;
    }
  }
}
