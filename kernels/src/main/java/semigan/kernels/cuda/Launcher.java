package semigan.kernels.cuda;

import static semigan.kernels.cuda.Status.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import semigan.kernels.Buffer;
import semigan.kernels.DType;

/** Loads our kernels, file by file as they are needed, and launches them. */
final class Launcher implements AutoCloseable {
  /** What a kernel's parameters may take together, and so a bound for the structs among them. */
  private static final int PARAMETER_BYTES = 4096;

  /** Every parameter begins at a multiple of this, which suits any type. */
  private static final int ALIGNMENT = 16;

  /** One file of kernels on the device. */
  private record Module(CUmodule handle, Map<String, KernelSignature> signatures) {}

  private static final class Kernel {
    private final CUfunction function = new CUfunction();
    private final KernelSignature signature;

    Kernel(KernelSignature signature) {
      this.signature = signature;
    }
  }

  private final CudaContext context;
  private final KernelCompiler compiler;
  private final Map<String, Module> modules = new HashMap<>();
  private final Map<String, Kernel> kernels = new HashMap<>();
  private final ByteBuffer bytes =
      ByteBuffer.allocateDirect(PARAMETER_BYTES + ALIGNMENT).order(ByteOrder.nativeOrder());
  private final Pointer start = Pointer.to(bytes);

  Launcher(CudaContext context, KernelCompiler compiler) {
    this.context = context;
    this.compiler = compiler;
  }

  int multiprocessors() {
    return context.multiprocessors();
  }

  /** {@code _f32}, {@code _bf16} or {@code _i32}: how a kernel's name ends that exists for each. */
  static String suffix(DType type) {
    return "_" + type.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Queues a kernel.
   *
   * @param file the source that holds it, without {@code .cu}
   * @param kernel its name
   * @param plan grid and block
   * @param arguments in the order of its parameters: {@link Buffer}, {@link Integer}, {@link Long},
   *     {@link Float} or {@link KernelStruct}
   * @throws IllegalStateException if the arguments are not what the kernel takes
   */
  void launch(String file, String kernel, LaunchPlan plan, Object... arguments) {
    Kernel found = kernels.get(kernel);
    if (found == null) {
      found = find(file, kernel);
    }
    found.signature.check(arguments);
    context.use();
    check(
        JCudaDriver.cuLaunchKernel(
            found.function,
            plan.blocksX(),
            plan.blocksY(),
            1,
            plan.threads(),
            1,
            1,
            0,
            context.stream(),
            pack(arguments),
            null),
        "launch of " + kernel);
  }

  private Kernel find(String file, String name) {
    Module module = modules.computeIfAbsent(file, this::load);
    KernelSignature signature = module.signatures.get(name);
    if (signature == null) {
      throw new IllegalStateException(
          "launch: there is no kernel %s in %s.cu".formatted(name, file));
    }
    Kernel kernel = new Kernel(signature);
    check(
        JCudaDriver.cuModuleGetFunction(kernel.function, module.handle, name),
        "cuModuleGetFunction of " + name);
    kernels.put(name, kernel);
    return kernel;
  }

  private Module load(String file) {
    context.use();
    return new Module(compiler.load(file), KernelSignature.in(KernelSources.read(file)));
  }

  /** The arguments as an array of pointers into {@link #bytes}; copied by the launch. */
  private Pointer pack(Object[] arguments) {
    List<Pointer> pointers = new ArrayList<>(arguments.length);
    bytes.clear();
    for (Object argument : arguments) {
      bytes.position((bytes.position() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
      pointers.add(start.withByteOffset(bytes.position()));
      if (argument instanceof CudaBuffer buffer) {
        bytes.putLong(buffer.address());
      } else if (argument instanceof Integer value) {
        bytes.putInt(value);
      } else if (argument instanceof Long value) {
        bytes.putLong(value);
      } else if (argument instanceof Float value) {
        bytes.putFloat(value);
      } else {
        ((KernelStruct) argument).put(bytes);
      }
    }
    return Pointer.to(pointers.toArray(Pointer[]::new));
  }

  @Override
  public void close() {
    modules.values().forEach(module -> JCudaDriver.cuModuleUnload(module.handle));
    modules.clear();
    kernels.clear();
  }
}
