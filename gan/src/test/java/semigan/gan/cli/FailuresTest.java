package semigan.gan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void aJarThatWasReplacedIsOneLine() {
    assertEquals(
        "gan: a part of the program cannot be loaded; was gan.jar replaced while it ran? start it again",
        said(new NoClassDefFoundError("semigan/Gone")).strip());
  }

  @Test
  void anErrorOfAnotherKindIsCalledADefect() {
    String line = said(new AssertionError("odd"));
    assertEquals(1, line.strip().lines().count(), line);
    assertTrue(line.contains("AssertionError: odd; this looks like a defect"), line);
  }

  @Test
  void theStackIsShownWhenAskedFor() {
    assertTrue(said(new NoClassDefFoundError("semigan/Gone"), "--verbose").contains("\tat "));
  }

  private static String said(Error failure, String... arguments) {
    var bytes = new ByteArrayOutputStream();
    int exit = Failures.ended(failure, arguments, new PrintStream(bytes, true));
    assertEquals(1, exit);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
