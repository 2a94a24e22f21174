package semigan.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendsTest {
  @ParameterizedTest
  @ValueSource(strings = {"cuda:x", "cuda:", "cuda:-1", "cuda:1.5", "cuda1", "cuda:00000"})
  void aGpuIsNamedByItsIndex(String name) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> Backends.open(name));
    assertEquals(
        "unknown device '"
            + name
            + "'; expected cuda, or cuda:INDEX for one of several GPUs, such as cuda:1",
        refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "CPU", "quantum"})
  void anUnknownDeviceIsToldWhichThereAre(String name) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> Backends.open(name));
    assertEquals(
        "unknown device '" + name + "'; there are auto and cuda, cpu, reference",
        refusal.getMessage());
  }

  @Test
  void onlyTheGpuNeedsMoreThanTheProgramBrings() {
    assertTrue(Backends.requirements("cpu").isEmpty());
    assertEquals(
        "NVIDIA driver, libcuda, NVRTC, cuBLAS, cuDNN, kernel cache",
        String.join(", ", Backends.requirements("cuda").stream().map(Requirement::name).toList()));
  }

  @Test
  void whatIsMissingHasAMend() {
    for (Requirement needed : Backends.requirements("cuda")) {
      assertEquals(needed.met(), needed.mend().isEmpty(), needed.toString());
    }
  }
}
