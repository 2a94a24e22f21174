package semigan.kernels.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import semigan.kernels.BackendUnavailableException;

/**
 * Finds and loads NVIDIA's libraries, to which JCuda's natives link by name: one that is loaded
 * before, from wherever it lies, is the one that they get. Looked at are, in this order, the folder
 * that an option names, the redistributable jar, where the system's loader looks, and the usual
 * places.
 */
final class CudaLibraries {
  private static final Map<CudaLibrary, String> LOADED = new EnumMap<>(CudaLibrary.class);

  private CudaLibraries() {}

  /**
   * Loads all that the backend needs, and starts the driver; again is harmless.
   *
   * @throws BackendUnavailableException if something is missing or does not work
   */
  static void load(CudaOptions options) {
    CudaDriver.start(options);
    for (CudaLibrary library : CudaLibrary.values()) {
      if (library != CudaLibrary.NVRTC || options.kernels() == null) {
        load(library, options);
      }
    }
  }

  /**
   * Loads one; again is harmless.
   *
   * @return its file
   * @throws BackendUnavailableException if it is missing, or cannot be loaded
   */
  static synchronized String load(CudaLibrary library, CudaOptions options) {
    String loaded = LOADED.get(library);
    if (loaded == null) {
      refuseOtherSystems();
      loaded = find(library, options);
      LOADED.put(library, loaded);
    }
    return loaded;
  }

  private static void refuseOtherSystems() {
    String system = System.getProperty("os.name");
    String processor = System.getProperty("os.arch");
    if (!(system.equals("Linux") || system.startsWith("Windows")) || !processor.equals("amd64")) {
      throw new BackendUnavailableException(
          CudaBackend.NAME,
          "Linux or Windows on x86-64",
          system + " on " + processor,
          "use --device cpu",
          null);
    }
  }

  private static String find(CudaLibrary library, CudaOptions options) {
    List<String> problems = new ArrayList<>();
    List<Path> chosen = chosen(library, options);
    for (Path folder : chosen) {
      if (loadFrom(folder, library, problems)) {
        return loadBinding(library);
      }
      if (!problems.isEmpty()) {
        throw missing(
            library, problems.get(0), null); // what was asked for, and no other in its place
      }
    }
    UnsatisfiedLinkError nowhere;
    try {
      return loadBinding(library);
    } catch (BackendUnavailableException e) {
      if (!(e.getCause() instanceof UnsatisfiedLinkError error) || !isMissing(library, error)) {
        throw e;
      }
      nowhere = error;
    }
    List<Path> usual = LibraryPlaces.ofSystem();
    for (Path folder : usual) {
      if (loadFrom(folder, library, problems)) {
        return loadBinding(library);
      }
    }
    List<Path> all = Stream.concat(chosen.stream(), usual.stream()).toList();
    throw missing(library, problems.isEmpty() ? other(library, all) : problems.get(0), nowhere);
  }

  /** The folders that come before the system's. */
  private static List<Path> chosen(CudaLibrary library, CudaOptions options) {
    List<Path> folders = new ArrayList<>();
    if (options.libraries() != null) {
      if (!Files.isDirectory(options.libraries())) {
        throw new BackendUnavailableException(
            CudaBackend.NAME,
            "a folder of NVIDIA's libraries at " + options.libraries(),
            "none",
            "give one that is there by -D%s=FOLDER, or none".formatted(CudaOptions.LIBRARIES),
            null);
      }
      folders.add(options.libraries());
    }
    if (library.isRedistributable()) {
      try {
        Path unpacked = RedistributableJar.unpacked(options.cache());
        if (unpacked != null) {
          folders.add(unpacked);
        }
      } catch (IOException e) {
        throw new BackendUnavailableException(
            CudaBackend.NAME,
            "room in %s for NVIDIA's libraries, unpacked".formatted(options.cache()),
            e.toString(),
            "make 3 GB of room, or name another folder by -D%s=FOLDER".formatted(CudaOptions.CACHE),
            e);
      }
    }
    return folders;
  }

  /** Whether it lies there and works; what is wrong with one that does not is added. */
  private static boolean loadFrom(Path folder, CudaLibrary library, List<String> problems) {
    Path file = folder.resolve(library.file());
    if (!Files.exists(file)) {
      return false;
    }
    for (String name : library.companions()) {
      Path companion = LibraryPlaces.beginning(folder, name);
      if (companion != null) {
        tryLoad(companion);
      }
    }
    String problem = tryLoad(file);
    if (problem != null) {
      problems.add("%s, which does not load (%s)".formatted(file, problem));
    }
    return problem == null;
  }

  private static String tryLoad(Path file) {
    try {
      System.load(file.toString());
      return null;
    } catch (UnsatisfiedLinkError e) {
      return e.getMessage().replace(file + ": ", "");
    }
  }

  private static String loadBinding(CudaLibrary library) {
    try {
      JCudaNatives.load(library.binding());
      return whereLoaded(library.file());
    } catch (UnsatisfiedLinkError e) {
      throw e.getMessage().contains("failed to map segment")
          ? unloadable(library, "a folder from which nothing may run", e)
          : missing(library, isMissing(library, e) ? "none" : e.getMessage(), e);
    } catch (IOException e) {
      throw unloadable(library, e.toString(), e);
    }
  }

  /** Windows does not say which. */
  private static boolean isMissing(CudaLibrary library, UnsatisfiedLinkError error) {
    String message = error.getMessage();
    return message.contains(library.file() + ": cannot open shared object file")
        || message.contains("dependent libraries");
  }

  private static BackendUnavailableException unloadable(
      CudaLibrary library, String found, Throwable cause) {
    return new BackendUnavailableException(
        CudaBackend.NAME,
        "to load %s from %s".formatted(library.binding(), JCudaNatives.folder()),
        found,
        "name a folder with room, from which programs may run, by -Djava.io.tmpdir=FOLDER",
        cause);
  }

  private static BackendUnavailableException missing(
      CudaLibrary library, String found, Throwable cause) {
    return new BackendUnavailableException(
        CudaBackend.NAME,
        "%s (%s)".formatted(library.file(), library.title()),
        found,
        library.mend(),
        cause);
  }

  /** The same library of another version, which explains much; {@code none} without any. */
  private static String other(CudaLibrary library, List<Path> folders) {
    for (Path folder : folders) {
      Path file = LibraryPlaces.beginning(folder, library.anyVersion() + ".");
      if (file != null) {
        return "only " + file;
      }
    }
    return "none";
  }

  /** The file of a loaded library, as Linux tells; its name where that is not known. */
  private static String whereLoaded(String file) {
    String stem = file.replaceFirst("(\\.so)[.0-9]*$", "$1");
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains("/" + stem))
          .map(line -> line.substring(line.indexOf('/')))
          .findFirst()
          .orElse(file);
    } catch (IOException e) {
      return file;
    }
  }
}
