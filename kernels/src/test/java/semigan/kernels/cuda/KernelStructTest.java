package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import semigan.kernels.AugmentGeometry;
import semigan.kernels.Buffer;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;
import semigan.kernels.OptimKernels;
import semigan.kernels.Pool2dGeometry;
import semigan.kernels.RandomKernels;
import semigan.kernels.ResizeGeometry;

/** The structs that kernels take by value: as many bytes as a launch puts there. */
class KernelStructTest {
  private static final ColumnPlan COLUMNS = ColumnPlan.map(64, 8, 4, 4, 3);

  /** By the source that declares them. */
  private static Map<String, List<KernelStruct>> structs(Buffer buffer) {
    Map<String, List<KernelStruct>> structs = new TreeMap<>();
    structs.put(
        "augment",
        List.of(new CudaAugment.Augment(new AugmentGeometry(1, 8, 8, 3, 1, 1, 1, 1, 1, 2, 2))));
    structs.put(
        "conv_ends",
        List.of(new CudaConvEnds.Shape(new Conv2dGeometry(1, 8, 8, 3, 4, 4, 4, 2, 2, 1, 1, 1, 1))));
    structs.put("copy", List.of(Box.run(5)));
    structs.put("loss", List.of(CudaLoss.Rows.of(3, 10)));
    structs.put("norm", List.of(COLUMNS, new CudaNorm.Normalisation(COLUMNS, 1e-5f, 0.2f)));
    structs.put(
        "optim",
        List.of(
            new SlotTable(List.<Buffer[]>of(new Buffer[] {buffer})),
            new CudaOptim.Settings(new OptimKernels.AdamSettings(0.5f, 0.9f, 1e-8f, false))));
    structs.put(
        "pool", List.of(new CudaPool.Pool(new Pool2dGeometry(1, 4, 4, 2, 2, 2, 2, 2, 0, 0, 0, 0))));
    structs.put("random", List.of(new CudaRandom.Draws(new RandomKernels.Key(1, 2), 3, 4)));
    structs.put(
        "reduce", List.of(SlabPlan.of(new SlabPlan.Slab(2, 3, 4), DType.F32, 0), Box.run(5)));
    structs.put("resize", List.of(new CudaResize.Resize(new ResizeGeometry(1, 4, 4, 2, 8, 8))));
    return structs;
  }

  @Test
  void haveTheSizeThatTheCompilerGivesThem() {
    try (CudaBackend cuda = OpenCuda.with()) {
      Buffer buffer = cuda.allocate(DType.F32, 8);
      structs(buffer)
          .forEach(
              (file, structs) -> {
                StringBuilder source = new StringBuilder(declarations(file));
                for (KernelStruct struct : structs) {
                  String claim = "sizeof(%s) == %d".formatted(struct.type(), bytes(struct));
                  source.append("static_assert(%s, \"%s\");\n".formatted(claim, claim));
                }
                // Not compiled: the message names the struct, and what was put.
                new Nvrtc(90, new int[] {90}).compile(file + ".cu", source.toString());
              });
    }
  }

  /** Or one that is added would go unseen. */
  @Test
  void areAllHere() {
    try (CudaBackend cuda = OpenCuda.with()) {
      Set<String> here = new HashSet<>();
      structs(cuda.allocate(DType.F32, 8))
          .values()
          .forEach(structs -> structs.forEach(struct -> here.add(struct.type())));
      Set<String> taken = new HashSet<>(Set.of("Matrix")); // within Normalisation
      for (String file : KernelSources.names()) {
        KernelSignature.in(KernelSources.read(file))
            .values()
            .forEach(kernel -> kernel.parameters().forEach(type -> addStruct(taken, type)));
      }
      assertEquals(taken, here);
    }
  }

  private static void addStruct(Set<String> structs, String type) {
    if (Character.isUpperCase(type.charAt(0))) {
      structs.add(type);
    }
  }

  /** A source up to its first kernel, which is quickly compiled. */
  private static String declarations(String file) {
    String source = KernelSources.read(file);
    int kernels = source.indexOf("extern \"C\"");
    assertTrue(kernels > 0, file);
    int comment = source.lastIndexOf("\n\n", kernels);
    return source.substring(0, comment) + "\n";
  }

  private static int bytes(KernelStruct struct) {
    ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
    struct.put(bytes);
    return bytes.position();
  }
}
