package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryPlacesTest {
  @TempDir Path root;

  private Path folder(String name) throws IOException {
    return Files.createDirectories(root.resolve(name));
  }

  private List<Path> found(Map<String, String> environment) {
    return LibraryPlaces.under(root, root.resolve("home/ada"), environment);
  }

  @Test
  void theNewestToolkitComesFirst() throws IOException {
    Path old = folder("usr/local/cuda-12.1/lib64");
    Path fresh = folder("usr/local/cuda-12.6/lib64");
    Path system = folder("usr/lib/x86_64-linux-gnu");
    assertEquals(List.of(fresh, old, system), found(Map.of()));
  }

  @Test
  void pythonsPackagesHaveAFolderForEachLibrary() throws IOException {
    Path cudnn = folder("home/ada/.local/lib/python3.11/site-packages/nvidia/cudnn/lib");
    Path cublas = folder("home/ada/.local/lib/python3.11/site-packages/nvidia/cublas/lib");
    folder("home/ada/.local/lib/python3.11/site-packages/numpy/lib");
    assertEquals(List.of(cudnn, cublas), found(Map.of()));
  }

  @Test
  void whatTheUserSetUpComesBeforeTheRest() throws IOException {
    Path system = folder("usr/local/cuda/lib64");
    Path environment = folder("env/lib");
    Path wheel = folder("env/lib/python3.12/site-packages/nvidia/cublas/lib");
    Path toolkit = folder("toolkit/lib64");
    Map<String, String> variables =
        Map.of("VIRTUAL_ENV", root.resolve("env").toString(), "CUDA_HOME", root + "/toolkit");
    assertEquals(List.of(toolkit, environment, wheel, system), found(variables));
  }

  @Test
  void aContainersDriverHasAFolderOfItsOwn() throws IOException {
    Path driver = folder("usr/local/nvidia/lib64");
    assertEquals(List.of(driver), found(Map.of()));
  }

  @Test
  void anEmptyOrWrongVariableNamesNothing() {
    assertEquals(List.of(), found(Map.of("CUDA_HOME", "", "VIRTUAL_ENV", "/no/such/folder")));
  }

  @Test
  void aFileIsFoundByItsBeginning() throws IOException {
    Path folder = folder("lib");
    Files.createFile(folder.resolve("libcublas.so.13.1.0"));
    Path link = Files.createFile(folder.resolve("libcublas.so.13"));
    assertEquals(link, LibraryPlaces.beginning(folder, "libcublas.so."));
    assertNull(LibraryPlaces.beginning(folder, "libcudnn.so."));
    assertNull(LibraryPlaces.beginning(root.resolve("nowhere"), "libcudnn.so."));
  }
}
