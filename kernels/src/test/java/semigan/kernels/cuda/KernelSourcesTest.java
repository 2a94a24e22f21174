package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the kernels in the CUDA sources against the names that the Java sources launch. */
class KernelSourcesTest {
  private static final Path CUDA = Path.of("src/main/cuda");
  private static final Path JAVA = Path.of("src/main/java/semigan/kernels/cuda");
  private static final Pattern LITERAL = Pattern.compile("\"(\\w+)\"");
  private static final Pattern FILE = Pattern.compile("String FILE = \"(\\w+)\"");

  /** What ends in an underscore is put before names. */
  private static final Pattern LAUNCHED =
      Pattern.compile("launch\\(\\s*(?:FILE,\\s*)?\"(\\w*[a-z0-9])\"");

  @Test
  void namesEverySource() {
    assertEquals(list(CUDA, ".cu").map(KernelSourcesTest::name).toList(), KernelSources.names());
  }

  @Test
  void everyKernelIsLaunched() {
    Set<String> literals = new HashSet<>();
    list(JAVA, ".java").forEach(java -> literals.addAll(all(LITERAL, text(java))));
    Set<String> forgotten = new TreeSet<>();
    for (String file : KernelSources.names()) {
      for (String kernel : KernelSignature.in(KernelSources.read(file)).keySet()) {
        String family = family(kernel);
        if (Stream.of(kernel, family, within(file, family)).noneMatch(literals::contains)) {
          forgotten.add(file + ".cu: " + kernel);
        }
      }
    }
    assertEquals(Set.of(), forgotten, "kernels that nobody launches");
  }

  @Test
  void everyKernelThatIsLaunchedIsThere() {
    list(JAVA, ".java")
        .forEach(
            java -> {
              List<String> files = all(FILE, text(java));
              for (String launched : files.isEmpty() ? files : all(LAUNCHED, text(java))) {
                Set<String> kernels = families(files.get(0));
                assertTrue(
                    kernels.contains(launched),
                    () -> "%s launches %s; %s.cu has %s".formatted(java, launched, files, kernels));
              }
            });
  }

  @Test
  void everyFamilyHasTheSameParametersForEachType() {
    for (String file : KernelSources.names()) {
      Map<String, KernelSignature> kernels = KernelSignature.in(KernelSources.read(file));
      assertFalse(kernels.isEmpty(), file);
      kernels.forEach(
          (name, kernel) -> {
            KernelSignature single = kernels.get(name.replaceAll("_(bf16|i32)", "_f32"));
            if (single != null) {
              assertEquals(single.parameters().size(), kernel.parameters().size(), name);
            }
          });
    }
  }

  private static Set<String> families(String file) {
    Set<String> families = new TreeSet<>();
    for (String kernel : KernelSignature.in(KernelSources.read(file)).keySet()) {
      families.addAll(List.of(kernel, family(kernel), within(file, family(kernel))));
    }
    return families;
  }

  /** A kernel's name without its file's, which a launch may put before all names. */
  private static String within(String file, String family) {
    return family.startsWith(file + "_") ? family.substring(file.length() + 1) : family;
  }

  /** A kernel's name without the types that end it. */
  private static String family(String kernel) {
    return kernel.replaceAll("(_(f32|bf16|i32))+$", "");
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(result -> result.group(1)).toList();
  }

  private static String name(Path file) {
    return file.getFileName().toString().replaceAll("\\.\\w+$", "");
  }

  private static Stream<Path> list(Path folder, String ending) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
