package semigan.kernels.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Folders where NVIDIA's libraries usually lie although the system's loader does not look there.
 */
final class LibraryPlaces {
  /** Where NVIDIA's packages for Python put a library, from the folder of all packages on. */
  private static final String WHEELS = "nvidia/*/{lib,bin}";

  private static final String PACKAGES = "{site,dist}-packages";

  private LibraryPlaces() {}

  /** The folders that are there, in the order in which they are looked at. */
  static List<Path> ofSystem() {
    return under(Path.of("/"), Path.of(System.getProperty("user.home")), System.getenv());
  }

  /**
   * @param root of the file system
   * @param environment variables
   */
  static List<Path> under(Path root, Path home, Map<String, String> environment) {
    List<Path> found = new ArrayList<>();
    for (String variable : List.of("CUDA_PATH", "CUDA_HOME")) {
      add(found, environment.get(variable), "lib64");
      add(found, environment.get(variable), "bin");
    }
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      add(found, environment.get(variable), "lib");
      add(found, environment.get(variable), "lib/python3*/" + PACKAGES + "/" + WHEELS);
      add(found, environment.get(variable), "Lib/site-packages/" + WHEELS);
    }
    match(found, root, "usr/local/cuda*/lib64");
    match(found, root, "usr/local/cuda*/targets/x86_64-linux/lib");
    match(found, root, "usr/lib/x86_64-linux-gnu");
    match(found, root, "usr/lib64");
    match(found, root, "usr/lib/wsl/lib");
    match(found, root, "usr/local/nvidia/lib64"); // a container's driver
    match(found, root, "opt/cuda/lib64");
    match(found, home, ".local/lib/python3*/" + PACKAGES + "/" + WHEELS);
    match(found, root, "usr/local/lib/python3*/" + PACKAGES + "/" + WHEELS);
    match(found, root, "usr/lib/python3/" + PACKAGES + "/" + WHEELS);
    if (File.separatorChar == '\\') {
      match(found, root, "Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12*/bin");
      match(found, root, "Program Files/NVIDIA/CUDNN/v9*/bin/12*");
    }
    return List.copyOf(found);
  }

  private static void add(List<Path> found, String base, String pattern) {
    if (base != null && !base.isEmpty()) {
      match(found, Path.of(base), pattern);
    }
  }

  /** Folders under {@code base} whose names match, part by part; newer versions first. */
  private static void match(List<Path> found, Path base, String pattern) {
    List<Path> level = List.of(base);
    for (String part : pattern.split("/")) {
      List<Path> next = new ArrayList<>();
      level.forEach(folder -> next.addAll(entries(folder, part)));
      level = next;
    }
    level.stream().filter(folder -> !found.contains(folder)).forEach(found::add);
  }

  private static List<Path> entries(Path folder, String pattern) {
    List<Path> entries = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> matching = Files.newDirectoryStream(folder, pattern)) {
        matching.forEach(entries::add);
      } catch (IOException e) {
        return List.of(); // what cannot be read has nothing for us
      }
    }
    entries.removeIf(entry -> !Files.isDirectory(entry));
    entries.sort(Comparator.reverseOrder());
    return entries;
  }

  /** The file in {@code folder} whose name begins so, the shortest of several; null for none. */
  static Path beginning(Path folder, String name) {
    try (DirectoryStream<Path> matching = Files.newDirectoryStream(folder, name + "*")) {
      Path shortest = null;
      for (Path file : matching) {
        if (shortest == null || file.toString().length() < shortest.toString().length()) {
          shortest = file;
        }
      }
      return shortest;
    } catch (IOException e) {
      return null;
    }
  }
}
