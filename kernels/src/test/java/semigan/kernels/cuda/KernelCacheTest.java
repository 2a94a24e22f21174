package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelCacheTest {
  private static final byte[] KERNELS = {1, 2, 3, 4, 5};

  @TempDir Path temporary;

  @Test
  void whatIsKeptIsFoundAgainAndNothingElse() throws IOException {
    KernelCache cache = new KernelCache(temporary.resolve("new/folder"));
    assertNull(cache.find("norm"));
    cache.keep("norm", KERNELS);
    assertArrayEquals(KERNELS, cache.find("norm"));
    assertNull(cache.find("loss"));
    try (Stream<Path> files = Files.list(temporary.resolve("new/folder"))) {
      assertEquals(1, files.count());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 32, 36})
  void aFileThatWasCutShortCountsForNothing(int length) throws IOException {
    KernelCache cache = new KernelCache(temporary);
    cache.keep("norm", KERNELS);
    Path file = temporary.resolve("norm");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
    assertNull(cache.find("norm"));
    cache.keep("norm", KERNELS);
    assertArrayEquals(KERNELS, cache.find("norm"));
  }

  @Test
  void aFileWithAChangedByteCountsForNothing() throws IOException {
    KernelCache cache = new KernelCache(temporary);
    cache.keep("norm", KERNELS);
    Path file = temporary.resolve("norm");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertNull(cache.find("norm"));
  }

  @Test
  void whereNothingCanBeWrittenNothingIsKept() throws IOException {
    Path occupied = Files.createFile(temporary.resolve("file"));
    KernelCache cache = new KernelCache(occupied);
    cache.keep("norm", KERNELS);
    assertNull(cache.find("norm"));
  }
}
