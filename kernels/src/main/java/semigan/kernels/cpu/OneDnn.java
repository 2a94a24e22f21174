package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.javacpp.Loader;
import semigan.kernels.BackendUnavailableException;
import semigan.kernels.DType;
import semigan.kernels.DeviceMemoryException;

/** The oneDNN library, its engine for this processor, and the stream that primitives run on. */
final class OneDnn implements AutoCloseable {
  static {
    // JavaCPP's own limits follow the Java heap's size, which says nothing about native memory.
    // Ours is CachingAllocator's budget.
    unlessSet("org.bytedeco.javacpp.maxBytes", "0");
    unlessSet("org.bytedeco.javacpp.maxPhysicalBytes", "0");
  }

  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();
  private final boolean onOneThread;

  private OneDnn(boolean onOneThread) {
    this.onOneThread = onOneThread;
    // Plans is the cache; a second one underneath would keep alive what it drops.
    check(dnnl_set_primitive_cache_capacity(0), "the size of the primitive cache");
    check(dnnl_engine_create(engine, dnnl_cpu, 0), "engine");
    check(dnnl_stream_create(stream, engine, dnnl_stream_in_order), "stream");
  }

  /**
   * Loads the library.
   *
   * @throws BackendUnavailableException if it is not there or does not load
   */
  static OneDnn open() {
    try {
      return new OneDnn(
          OpenMpSettings.loadOnOneThread(() -> Loader.load(org.bytedeco.dnnl.global.dnnl.class)));
    } catch (LinkageError | RuntimeException e) {
      throw unavailable(e);
    }
  }

  private static BackendUnavailableException unavailable(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new BackendUnavailableException(
        CpuBackend.NAME,
        "oneDNN 3.11 for %s %s in the jar or on the class path (org.bytedeco:dnnl with its natives)"
            .formatted(System.getProperty("os.name"), System.getProperty("os.arch")),
        "%s: %s".formatted(root.getClass().getSimpleName(), root.getMessage()),
        "build with -Djavacpp.platform=PLATFORM for this machine, check that ~/.javacpp/cache can be"
            + " written (or set -Dorg.bytedeco.javacpp.cachedir), or use --device reference",
        cause);
  }

  /**
   * Whether a primitive runs on its caller's thread alone, so that others may run beside it; else
   * it has OpenMP's threads.
   */
  boolean runsOnOneThread() {
    return onOneThread;
  }

  dnnl_engine engine() {
    return engine;
  }

  dnnl_stream stream() {
    return stream;
  }

  /** Such as {@code oneDNN 3.11.0 (AVX-512 BF16)}. */
  String version() {
    dnnl_version_t version = dnnl_version();
    return "oneDNN %d.%d.%d (%s)"
        .formatted(
            version.major(), version.minor(), version.patch(), isa(dnnl_get_effective_cpu_isa()));
  }

  /**
   * Whether the processor has instructions for BF16. Without them oneDNN has it on AVX-512 only,
   * and takes more than twice as long there as for F32.
   */
  boolean hasBf16() {
    int needed = dnnl_cpu_isa_avx512_core_bf16;
    return (dnnl_get_effective_cpu_isa() & needed) == needed;
  }

  /** What oneDNN calls a type. Only bits move where integers are concerned: they pass as floats. */
  static int dataType(DType type) {
    return type == DType.BF16 ? dnnl_bf16 : dnnl_f32;
  }

  /** Turns a status into an exception that names what was attempted. */
  static void check(int status, Object attempted) {
    if (status == dnnl_out_of_memory) {
      throw new DeviceMemoryException(CpuBackend.NAME, attempted.toString());
    }
    if (status != dnnl_success) {
      throw new IllegalStateException(
          "cpu: oneDNN could not do %s: %s".formatted(attempted, meaning(status)));
    }
  }

  private static String meaning(int status) {
    if (status == dnnl_invalid_arguments) {
      return "invalid arguments";
    }
    if (status == dnnl_unimplemented) {
      return "no implementation for this processor";
    }
    return "status " + status;
  }

  private static String isa(int isa) {
    return switch (isa) {
      case dnnl_cpu_isa_sse41 -> "SSE4.1";
      case dnnl_cpu_isa_avx -> "AVX";
      case dnnl_cpu_isa_avx2 -> "AVX2";
      case dnnl_cpu_isa_avx2_vnni -> "AVX2 VNNI";
      case dnnl_cpu_isa_avx2_vnni_2 -> "AVX2 VNNI 2";
      case dnnl_cpu_isa_avx512_core -> "AVX-512";
      case dnnl_cpu_isa_avx512_core_vnni -> "AVX-512 VNNI";
      case dnnl_cpu_isa_avx512_core_bf16 -> "AVX-512 BF16";
      case dnnl_cpu_isa_avx512_core_fp16 -> "AVX-512 FP16";
      case dnnl_cpu_isa_avx512_core_amx -> "AVX-512 AMX";
      case dnnl_cpu_isa_avx512_core_amx_fp16 -> "AVX-512 AMX FP16";
      case dnnl_cpu_isa_avx10_2_512 -> "AVX-512 AVX10.2";
      case dnnl_cpu_isa_avx10_2_512_amx_2 -> "AVX-512 AVX10.2 AMX 2";
      default -> "instruction set 0x%x".formatted(isa);
    };
  }

  private static void unlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  @Override
  public void close() {
    dnnl_stream_destroy(stream);
    dnnl_engine_destroy(engine);
  }
}
