package semigan.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import semigan.kernels.Backend;
import semigan.kernels.Backends;
import semigan.kernels.DType;
import semigan.tensor.ops.Reshape;
import semigan.tensor.ops.Sum;
import semigan.tensor.ops.Unary;

class ScopeTest {
  @RegisterExtension final TestDevice device = new TestDevice();

  @Test
  void releasesWhatWasMadeInside() {
    long before = live();
    Tensor inside;
    try (Scope scope = Scope.open(device.backend())) {
      inside = Unary.tanh(device.normal(Shape.of(100)));
      assertTrue(live() > before);
    }
    assertEquals(before, live());
    assertThrows(IllegalStateException.class, inside::toDoubles);
  }

  @Test
  void owesATensorToTheInnermostScopeOnly() {
    try (Scope outer = Scope.open(device.backend())) {
      Tensor a = device.tensor(Shape.of(1), 1);
      Tensor b;
      try (Scope inner = Scope.open(device.backend())) {
        b = device.tensor(Shape.of(1), 2);
      }
      Tensor c = device.tensor(Shape.of(1), 3);
      assertEquals(1, a.item());
      assertEquals(3, c.item());
      assertThrows(IllegalStateException.class, b::item);
    }
  }

  @Test
  void handsAKeptTensorToTheScopeAround() {
    long before = live();
    try (Scope outer = Scope.open(device.backend())) {
      Tensor kept;
      try (Scope inner = Scope.open(device.backend())) {
        kept = inner.keep(device.tensor(Shape.of(2), 1, 2));
      }
      assertArrayEquals(new double[] {1, 2}, kept.toDoubles());
    }
    assertEquals(before, live());
  }

  @Test
  void handsATensorOutThroughSeveralScopes() {
    Tensor kept;
    try (Scope outer = Scope.open(device.backend())) {
      try (Scope inner = Scope.open(device.backend())) {
        kept = inner.keep(device.tensor(Shape.of(1), 7));
      }
      kept = outer.keep(kept);
    }
    assertEquals(7, kept.item());
  }

  @Test
  void leavesATensorOfAnOuterScopeWhereItIs() {
    Tensor outside = device.tensor(Shape.of(1), 7);
    try (Scope inner = Scope.open(device.backend())) {
      assertSame(outside, inner.keep(outside));
    }
    assertEquals(7, outside.item());
  }

  @Test
  void cutsTheHistoryOfWhatItKeeps() {
    Tensor x = device.normal(Shape.of(3));
    Tensor kept;
    try (Scope inner = Scope.open(device.backend())) {
      kept = inner.keep(Unary.square(x));
    }
    Tensor gradient = Sum.sum(kept).backward(List.of(x)).of(x);
    assertArrayEquals(new double[3], gradient.toDoubles());
  }

  @Test
  void keepsTheMemoryOfAViewAndSoOfItsSource() {
    Tensor source;
    Tensor view;
    try (Scope inner = Scope.open(device.backend())) {
      source = device.tensor(Shape.of(2, 2), 1, 2, 3, 4);
      view = inner.keep(Reshape.reshape(source, Shape.of(4)));
    }
    assertArrayEquals(new double[] {1, 2, 3, 4}, view.toDoubles());
    assertArrayEquals(view.toDoubles(), source.toDoubles());
  }

  @Test
  void keepsTheRoundedCopyBesideATensor() {
    long before = live();
    Tensor kept;
    try (Scope outer = Scope.open(device.backend())) {
      try (Scope inner = Scope.open(device.backend())) {
        kept = device.tensor(Shape.of(2), 1, 2);
        kept.keepRounded();
        inner.keep(kept);
      }
      kept.assign(new float[] {3, 4});
      assertArrayEquals(new float[] {3, 4}, kept.rounded().orElseThrow().toFloats());
    }
    assertEquals(before, live());
  }

  @Test
  void releasesTheOthersWhereOneCannotBeReleased() {
    long before = live();
    Scope inner = Scope.open(device.backend());
    device.normal(Shape.of(100));
    Tensor gone = device.normal(Shape.of(100));
    device.normal(Shape.of(100));
    device.backend().release(gone.buffer());
    assertThrows(IllegalStateException.class, inner::close);
    assertEquals(before, live());
    inner.close();
  }

  @Test
  void releasesWhenTheCodeInsideThrows() {
    long before = live();
    assertThrows(
        ArithmeticException.class,
        () -> {
          try (Scope inner = Scope.open(device.backend())) {
            device.normal(Shape.of(100));
            throw new ArithmeticException();
          }
        });
    assertEquals(before, live());
  }

  @Test
  void comesBackToTheSameMemoryStepAfterStep() {
    Tensor w = device.normal(Shape.of(50));
    long before = live();
    for (int step = 0; step < 100; step++) {
      try (Scope scope = Scope.open(device.backend())) {
        Sum.sum(Unary.square(w)).backward(List.of(w));
      }
      assertEquals(before, live());
    }
  }

  @Test
  void closesOnceHoweverOftenItIsTold() {
    Scope scope = Scope.open(device.backend());
    scope.close();
    scope.close();
    assertEquals(7, device.tensor(Shape.of(1), 7).item(), "the test's scope is still open");
  }

  @Test
  void refusesToCloseBeforeTheScopesInside() {
    Scope outer = Scope.open(device.backend());
    Scope inner = Scope.open(device.backend());
    var refusal = assertThrows(IllegalStateException.class, outer::close);
    assertEquals(
        "scopes must be closed innermost first, on the thread that opened them",
        refusal.getMessage());
    inner.close();
    outer.close();
  }

  @Test
  void saysHowToKeepAReleasedTensorAndHowToFindWhereItWasMade() {
    Tensor lost;
    try (Scope inner = Scope.open(device.backend())) {
      lost = device.normal(Shape.of(2));
    }
    var refusal = assertThrows(IllegalStateException.class, lost::buffer);
    assertEquals(
        "this tensor was released when its scope closed; keep it with scope.keep(tensor), or run with -Dsemigan.debug=true to see where it was made",
        refusal.getMessage());
  }

  /** The property is read once, when the engine is loaded: hence another process. */
  @Test
  void namesTheLineThatMadeAReleasedTensorWhereDebugging() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dsemigan.debug=true",
                "-cp",
                System.getProperty("java.class.path"),
                UseAfterRelease.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor());
    assertTrue(
        output.contains(
            "this tensor was released when its scope closed; keep it with scope.keep(tensor)\n"),
        output);
    assertTrue(output.contains("allocated here"), output);
    assertTrue(output.contains("UseAfterRelease.make(ScopeTest.java:"), output);
  }

  /** Reads a tensor whose scope is closed. */
  static final class UseAfterRelease {
    private UseAfterRelease() {}

    public static void main(String[] arguments) {
      Backend backend = Backends.open("reference");
      Tensor lost;
      try (Scope scope = Scope.open(backend)) {
        lost = make(backend);
      }
      lost.item();
    }

    private static Tensor make(Backend backend) {
      return Tensor.zeros(backend, DType.F32, Shape.of(1));
    }
  }

  @Test
  void belongsToTheThreadThatOpenedIt() {
    Tensor mine = device.tensor(Shape.of(1), 1);
    long before = live();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      CompletableFuture.runAsync(
              () -> {
                var refusal =
                    assertThrows(IllegalStateException.class, () -> device.tensor(Shape.of(1), 2));
                assertEquals(
                    "no scope is open on this thread: wrap the code in try (Scope scope = Scope.open(device))",
                    refusal.getMessage());
                try (Scope own = Scope.open(device.backend())) {
                  assertEquals(2, device.tensor(Shape.of(1), 2).item());
                  assertThrows(IllegalStateException.class, device.scope()::close);
                }
              },
              thread)
          .join();
    } finally {
      thread.shutdown();
    }
    assertEquals(1, mine.item());
    assertEquals(before, live());
  }

  @Test
  void refusesToKeepWithNoScopeAround() {
    CompletableFuture.runAsync(
            () -> {
              try (Scope outermost = Scope.open(device.backend())) {
                Tensor tensor = device.tensor(Shape.of(1), 2);
                var refusal =
                    assertThrows(IllegalStateException.class, () -> outermost.keep(tensor));
                assertEquals(
                    "keep: this is the outermost scope; open one around it for what must live longer",
                    refusal.getMessage());
                assertEquals(2, tensor.item(), "and leaves the tensor as it was");
              }
            })
        .join();
  }

  private long live() {
    return device.backend().memory().live();
  }
}
