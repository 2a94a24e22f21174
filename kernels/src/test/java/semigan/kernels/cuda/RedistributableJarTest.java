package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A small jar is laid out as {@code org.bytedeco:cuda:linux-x86_64-redist} is. */
@EnabledOnOs(OS.LINUX)
class RedistributableJarTest {
  private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";
  private static final List<String> OURS =
      List.of(
          "libcublas.so.12",
          "libcublasLt.so.12",
          "libcudnn.so.9",
          "libcudnn_adv.so.9",
          "libcudnn_cnn.so.9",
          "libcudnn_engines_precompiled.so.9",
          "libcudnn_engines_runtime_compiled.so.9",
          "libcudnn_engines_tensor_ir.so.9",
          "libcudnn_ext.so.9",
          "libcudnn_graph.so.9",
          "libcudnn_heuristic.so.9",
          "libcudnn_ops.so.9",
          "libnvrtc-builtins.so.12.6",
          "libnvrtc.so.12");

  @TempDir Path temporary;

  private Path jar(String name, String content) throws IOException {
    Path jar = temporary.resolve(name);
    try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
      Stream<String> others =
          Stream.of("libcusolver.so.11", "libnccl.so.2", "libcudart.so.12", "include/cudnn.h");
      for (String file : Stream.concat(OURS.stream(), others).toList()) {
        out.putNextEntry(new ZipEntry(FOLDER + file));
        out.write((content + " of " + file).getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private Path unpack(Path jar, Path cache) throws IOException {
    URI library = URI.create("jar:" + jar.toUri() + "!/" + FOLDER + CudaLibrary.CUBLAS.file());
    return RedistributableJar.unpacked(library.toURL(), FOLDER, cache);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void onlyTheLibrariesThatWeUseAreUnpacked() throws IOException {
    Path folder = unpack(jar("a.jar", "text"), temporary.resolve("cache"));
    assertEquals(OURS, names(folder));
    assertEquals("text of libcudnn.so.9", Files.readString(folder.resolve("libcudnn.so.9")));
  }

  @Test
  void theyAreUnpackedOnce() throws IOException {
    Path jar = jar("a.jar", "text");
    Path cache = temporary.resolve("cache");
    Path folder = unpack(jar, cache);
    Path marked = Files.writeString(folder.resolve("libcudnn.so.9"), "as it was left");
    assertEquals(folder, unpack(jar, cache));
    assertEquals("as it was left", Files.readString(marked));
    assertEquals(List.of(folder.getFileName().toString()), names(cache));
  }

  @Test
  void otherVersionsLieBesideThem() throws IOException {
    Path cache = temporary.resolve("cache");
    assertNotEquals(unpack(jar("a.jar", "old"), cache), unpack(jar("b.jar", "new"), cache));
  }

  @Test
  void whereTheyCannotBeUnpackedNothingIsLeft() throws IOException {
    Path occupied = Files.createFile(temporary.resolve("cache"));
    Path jar = jar("a.jar", "text");
    assertThrows(IOException.class, () -> unpack(jar, occupied));
    assertEquals(0, Files.size(occupied));
  }

  @Test
  void withoutTheJarThereAreNone() throws IOException {
    assertNull(RedistributableJar.unpacked(temporary));
  }
}
