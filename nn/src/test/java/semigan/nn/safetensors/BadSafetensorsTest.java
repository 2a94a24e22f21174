package semigan.nn.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are wrong, each refused at once, for little memory, in words that name the fault. */
class BadSafetensorsTest {
  private static final long MAX_MILLIS = 1000;
  private static final long MAX_ALLOCATED = 4 << 20;

  @TempDir static Path folder;

  /** So that the limits above hold for the refusal and not for loading classes. */
  @BeforeAll
  static void warmUp() throws IOException {
    assertThrows(IOException.class, () -> SafetensorsFile.open(file("{]", 4)));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {                                                                        | not valid JSON: it ends too early
          {]                                                                       | not valid JSON
          []                                                                       | the header is [, expected a JSON object
          null                                                                     | the header is null, expected a JSON object
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} {}                | goes on after its JSON object ends
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x                 | not valid JSON
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | Duplicate
          {"w":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}       | Duplicate
          {"__metadata__":{"a":"1","a":"2"}}                                       | Duplicate
          {"__metadata__":{"a":1}}                                                 | __metadata__ 'a' is 1, expected a string
          {"__metadata__":[]}                                                      | __metadata__ is [, expected an object
          {"w":7}                                                                  | tensor 'w' is 7, expected an object
          {"w":{}}                                                                 | tensor 'w' has no dtype
          {"w":{"dtype":"F32","data_offsets":[0,4]}}                               | tensor 'w' has no shape
          {"w":{"dtype":"F32","shape":[1]}}                                        | tensor 'w' has no data_offsets
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}             | tensor 'w' has a field 'x'
          {"w":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}                    | has the dtype 'Q4', expected one of [F32, BF16, I32, I64]
          {"w":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}                      | dtype is 32, expected a string
          {"w":{"dtype":"F32","shape":4,"data_offsets":[0,4]}}                     | shape is 4, expected an array
          {"w":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}                 | shape is 1.0, expected integers
          {"w":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}                 | shape is 1, expected integers
          {"w":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}                 | nesting depth
          {"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}                  | shape [-1] has a negative extent
          {"w":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}               | has a negative extent
          {"w":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}| exceeds 64 bits
          {"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}} | takes more than 2^63 bytes
          {"w":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,4]}} | takes more than 2^63 bytes
          {"w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}} | more than 16 numbers
          {"w":{"dtype":"F32","shape":[250000000000],"data_offsets":[0,1000000000000]}} | lies at bytes [0,1000000000000) of the data, expected 0 <= begin <= end <= 4
          {"w":{"dtype":"F32","shape":[250000000000],"data_offsets":[0,4]}}        | takes 1000000000000 bytes but its offsets [0,4) span 4
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}                   | tensor 'w' (F32 [2]) takes 8 bytes but its offsets [0,4) span 4
          {"w":{"dtype":"BF16","shape":[1],"data_offsets":[0,4]}}                  | takes 2 bytes
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}                   | lies at bytes [4,0)
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}                  | lies at bytes [-4,0)
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}                   | expected 0 <= begin <= end <= 4
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}}                     | data_offsets has 1 numbers
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}                 | data_offsets has more than 2 numbers
          {"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}} | tensor 'b' begins at byte 0 of the data, which overlaps the tensor before it; expected 2
          {"a":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]}}                  | begins at byte 2 of the data, which leaves a gap
          {"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}                  | take 2 bytes but the file holds 4
          {}                                                                       | take 0 bytes but the file holds 4
          """)
  void aBadHeaderIsRefusedByName(String header, String message) throws IOException {
    assertRefused(file(header, 4), message);
  }

  @Test
  void aLyingHeaderLengthIsRefused() throws IOException {
    assertRefused(raw(new byte[0]), "holds 0 bytes, expected 8 or more");
    assertRefused(raw(new byte[7]), "holds 7 bytes");
    assertRefused(raw(length(10)), "claims a header of 10 bytes but only 0 follow");
    assertRefused(raw(length(90_000_000)), "only 0 follow");
    assertRefused(raw(length(1L << 40)), "at most 100000000 are allowed");
    assertRefused(raw(length(-1)), "claims a header of 18446744073709551615 bytes");
    assertRefused(raw(length(0)), "the header is cut short");
  }

  @Test
  void aHugeHeaderIsRefusedWithoutReadingItWhole() throws IOException {
    Path zeros = folder.resolve("zeros");
    try (var file = new RandomAccessFile(zeros.toFile(), "rw")) {
      file.write(length(99_999_992));
      file.setLength(100_000_000);
    }
    assertRefused(zeros, "not valid JSON");
  }

  @Test
  void endlessNestingIsRefused() throws IOException {
    assertRefused(file("[".repeat(1_000_000), 0), "the header is [");
    assertRefused(file("{\"w\":{\"shape\":" + "[".repeat(1_000_000), 0), "nesting depth");
  }

  @Test
  void invalidUtf8IsRefused() throws IOException {
    byte[] header = "{\"w?\":1}".getBytes(StandardCharsets.UTF_8);
    header[3] = (byte) 0xC0;
    assertRefused(raw(concat(length(header.length), header)), "not valid UTF-8");
  }

  @Test
  void tooManyTensorsAreRefused() throws IOException {
    var header = new StringBuilder("{");
    for (int i = 0; i <= 100_000; i++) {
      header.append(i == 0 ? "" : ",").append('"').append(i);
      header.append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
    }
    Path file = file(header.append('}').toString(), 0);
    var e = assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(file).close());
    assertTrue(e.getMessage().contains("more than 100000 tensors"), e.getMessage());
  }

  @Test
  void aMissingFileOrAFolderIsNamed() {
    assertRefused(folder.resolve("nowhere"), "no such file");
    assertRefused(folder, "is not a regular file");
  }

  /** Whatever is broken, the file is either refused or read; nothing else ever comes out. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomDamageIsRefusedOrHarmless(long seed) throws IOException {
    Path file = folder.resolve("fuzz");
    var tensors = new LinkedHashMap<String, TensorEntry>();
    tensors.put("a.weight", TensorEntry.f32(new float[6], 2, 3));
    tensors.put("a.bias", TensorEntry.floats(StoredType.BF16, () -> new float[3], 3));
    tensors.put("step", TensorEntry.i64(new long[] {12}));
    SafetensorsWriter.write(file, tensors, Map.of("model", "dcgan"));
    byte[] valid = Files.readAllBytes(file);
    Random random = new Random(seed);
    int refused = 0;
    int rounds = 1000;
    for (int round = 0; round < rounds; round++) {
      // Deleted first: overwriting makes some file systems flush to the disk each time.
      Files.delete(file);
      Files.write(file, damage(valid, random));
      refused += readAll(file) ? 0 : 1;
    }
    assertTrue(refused > rounds / 2, "only %d of %d refused".formatted(refused, rounds));
  }

  private static boolean readAll(Path file) throws IOException {
    try (var read = SafetensorsFile.open(file)) {
      for (String name : read.names()) {
        long elements = Arrays.stream(read.shape(name)).reduce(1, Math::multiplyExact);
        boolean floats = read.type(name).isFloatingPoint();
        assertEquals(elements, floats ? read.readFloats(name).length : read.readLongs(name).length);
      }
      return true;
    } catch (SafetensorsException e) {
      return false;
    }
  }

  private static byte[] damage(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    String interesting = "{}[],:\"0123456789-eE. FBI\\u\u00ff\u0000";
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      // Most of the file is header; data bytes may hold anything.
      int at = random.nextInt(bytes.length);
      int other = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) interesting.charAt(random.nextInt(interesting.length()));
        case 2 -> bytes[at] = bytes[other];
        case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        default -> {
          int count = Math.min(random.nextInt(20), bytes.length - Math.max(at, other));
          System.arraycopy(bytes.clone(), other, bytes, at, count);
        }
      }
    }
    return bytes;
  }

  private static void assertRefused(Path file, String message) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = threads.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    var e = assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(file).close());
    long millis = (System.nanoTime() - start) / 1_000_000;
    allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertTrue(millis < MAX_MILLIS, () -> "took %d ms".formatted(millis));
    assertTrue(allocated < MAX_ALLOCATED, "allocated %d bytes".formatted(allocated));
  }

  private static Path file(String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return raw(concat(length(json.length), json, new byte[dataBytes]));
  }

  private static Path raw(byte[] content) throws IOException {
    return Files.write(folder.resolve("bad.safetensors"), content);
  }

  private static byte[] length(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private static byte[] concat(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
