package semigan.kernels.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/**
 * Uses CUDA rightly and wrongly, one scenario after the other, each in a fresh context, and prints
 * what comes of it. A process of its own, since a lost device is lost to all who hold its context,
 * and what the simulator says is read from the process's output.
 */
final class SimulatorProbe {
  private static final String KERNELS =
      """
      extern "C" __global__ void add(float *y, float value, int length) {
        for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < length; i += gridDim.x * blockDim.x) {
          y[i] += value;
        }
      }

      template <typename T>
      __device__ T blockSum(T value) {
        __shared__ T parts[32];
        for (int d = 16; d > 0; d >>= 1) {
          value += __shfl_down_sync(0xFFFFFFFFu, value, d);
        }
        if (threadIdx.x % 32 == 0) {
          parts[threadIdx.x / 32] = value;
        }
        __syncthreads();
        T sum = 0;
        for (int i = 0; i < blockDim.x / 32; i++) {
          sum += parts[i];
        }
        return sum;
      }

      extern "C" __global__ void sum(float *y) {
        float total = blockSum(float(threadIdx.x)) + 10000 * blockSum(threadIdx.x % 2);
        if (threadIdx.x == 0) {
          y[blockIdx.x] = total;
        }
      }

      extern "C" __global__ void exclusive(float *y) {
        __shared__ float tile[64];
        tile[threadIdx.x] = threadIdx.x;
        y[threadIdx.x] = tile[63 - threadIdx.x];  // before the others wrote: no barrier
      }

      extern "C" __global__ void everybody(float *y) { y[0] = threadIdx.x; }

      extern "C" __global__ void neighbour(float *y) { y[threadIdx.x] = y[threadIdx.x + 1]; }

      extern "C" __global__ void divergent(float *y) {
        if (threadIdx.x < 7) {
          __syncthreads();
        }
      }

      extern "C" __global__ void twoBarriers(float *y) {
        if (threadIdx.x < 7) {
          __syncthreads();
        } else {
          __syncthreads();
        }
      }

      extern "C" __global__ void outsider(float *y) {
        if (threadIdx.x < 16) {
          y[threadIdx.x] = __shfl_sync(0xFFFFu, 1.0f, 20);
        }
      }

      extern "C" __global__ void at(float *y, long long i) { y[i] = 1; }

      extern "C" __global__ void vector(float *y) { *reinterpret_cast<float4 *>(y + 1) = make_float4(1, 2, 3, 4); }

      extern "C" __global__ void pair(float *y) { *reinterpret_cast<float2 *>(y + 1) = make_float2(1, 2); }

      extern "C" __global__ void overtaken(float *y) {
        __shared__ int rounds[4];
        for (int round = 0; round < 2; round++) {  // no barrier before the next one
          int sum = 1;
          for (int lanes = 16; lanes > 0; lanes /= 2) {
            sum += __shfl_xor_sync(0xFFFFFFFFu, sum, lanes);
          }
          if (threadIdx.x % 32 == 0) {
            rounds[threadIdx.x / 32] = round * sum;
          }
          __syncthreads();
          if (rounds[(threadIdx.x / 32 + 1) % 4] != round * sum) {
            y[0] = 1;
          }
        }
      }

      extern "C" __global__ void arrive(float *y) { y[1 + static_cast<int>(y[0]++)] = blockIdx.x; }

      extern "C" __global__ void __launch_bounds__(128) small(float *y) {}
      """;

  private static final Map<String, Supplier<String>> SCENARIOS = new LinkedHashMap<>();

  private static CUmodule module;
  private static CUstream stream;
  private static CUdeviceptr y;

  private SimulatorProbe() {}

  public static void main(String[] arguments) {
    CudaLibraries.load(CudaOptions.ofSystem(0));
    right();
    kernels();
    addresses();
    capture();
    launches();
    images();
    SCENARIOS.forEach(SimulatorProbe::play);
  }

  private static void play(String name, Supplier<String> scenario) {
    System.err.println("== " + name);
    CUdevice device = new CUdevice();
    cuDeviceGet(device, 0);
    CUcontext context = new CUcontext();
    cuDevicePrimaryCtxRetain(context, device);
    cuCtxSetCurrent(context);
    module = new CUmodule();
    cuModuleLoadData(module, compiled());
    stream = new CUstream();
    cuStreamCreate(stream, 1);
    y = new CUdeviceptr();
    cuMemAlloc(y, 1024);
    cuMemsetD32(y, 0, 256);
    cuStreamSynchronize(null);
    String result = scenario.get();
    System.err.println("result " + result);
    cuDevicePrimaryCtxRelease(device);
    Simulator.option("CHECK", null);
    Simulator.option("LOST_AFTER", null);
    Simulator.option("FAIL_ALLOC_AFTER", null);
    Simulator.option("MEMORY", null);
    Simulator.option("SHUFFLE", null);
  }

  private static byte[] plain;
  private static byte[] checked;

  /** The kernels, compiled once, without the option CHECK. */
  private static byte[] compiled() {
    plain = plain == null ? compile() : plain;
    return plain;
  }

  private static byte[] compile() {
    nvrtcProgram program = new nvrtcProgram();
    JNvrtc.nvrtcCreateProgram(program, KERNELS, "probe.cu", 0, null, null);
    int status = JNvrtc.nvrtcCompileProgram(program, 1, new String[] {"--gpu-architecture=sm_90"});
    String[] log = new String[1];
    JNvrtc.nvrtcGetProgramLog(program, log);
    long[] size = new long[1];
    JNvrtc.nvrtcGetCUBINSize(program, size);
    byte[] binary = new byte[(int) size[0]];
    if (JNvrtc.nvrtcGetCUBIN(program, binary) != 0) {
      throw new IllegalStateException(status + ": " + log[0]);
    }
    return binary;
  }

  /** Compiles a kernel that takes so many numbers. */
  private static String parameters(int numbers) {
    nvrtcProgram program = new nvrtcProgram();
    String source =
        "struct Many { long long at[%d]; }; extern \"C\" __global__ void many(Many all) {}"
            .formatted(numbers);
    JNvrtc.nvrtcCreateProgram(program, source, "many.cu", 0, null, null);
    int status = JNvrtc.nvrtcCompileProgram(program, 0, null);
    return JNvrtc.nvrtcGetErrorString(status);
  }

  private static void right() {
    SCENARIOS.put(
        "a sum over blocks", () -> launch("sum", 3, 128, y) + " " + sync() + " " + values(4));
    SCENARIOS.put(
        "threads in another order",
        () -> {
          Simulator.option("SHUFFLE", "7");
          return launch("sum", 3, 128, y) + " " + sync() + " " + values(4);
        });
    SCENARIOS.put(
        "blocks in ever another order",
        () -> {
          Simulator.option("SHUFFLE", "7");
          launch("arrive", 16, 1, y);
          launch("arrive", 16, 1, y);
          String result = sync();
          float[] arrived = floats(33);
          float[] first = Arrays.copyOfRange(arrived, 1, 17);
          float[] second = Arrays.copyOfRange(arrived, 17, 33);
          boolean differ = !Arrays.equals(first, second);
          Arrays.sort(first);
          Arrays.sort(second);
          return result + (differ && Arrays.equals(first, second) ? " each once" : " no");
        });
    SCENARIOS.put("warps in step", () -> launch("overtaken", 8, 128, y) + " " + values(1));
    SCENARIOS.put(
        "a warp that overtakes",
        () -> {
          Simulator.option("SHUFFLE", "7");
          return launch("overtaken", 8, 128, y) + " " + sync() + " " + values(1);
        });
    SCENARIOS.put(
        "read before a stream was waited for",
        () -> launch("add", 2, 64, y, 1f, 256) + " " + values(1) + " " + sync() + " " + values(1));
    SCENARIOS.put(
        "a fill that nothing waited for",
        () -> {
          cuMemsetD32(y, Float.floatToIntBits(1), 256);
          return launch("add", 2, 64, y, 1f, 256) + " " + sync() + " " + values(1);
        });
    SCENARIOS.put("replay of a graph", SimulatorProbe::replay);
    SCENARIOS.put("a fork in a capture", SimulatorProbe::fork);
    SCENARIOS.put("an event between streams", SimulatorProbe::betweenStreams);
  }

  private static String replay() {
    cuStreamBeginCapture(stream, 0);
    launch("add", 2, 64, y, 1f, 256);
    launch("add", 2, 64, y, 2f, 256);
    CUgraph graph = new CUgraph();
    cuStreamEndCapture(stream, graph);
    CUgraphExec exec = new CUgraphExec();
    cuGraphInstantiate(exec, graph, 0L);
    String before = sync() + " " + values(1);
    cuGraphLaunch(exec, stream);
    cuGraphLaunch(exec, stream);
    return before + " " + sync() + " " + values(1);
  }

  private static String fork() {
    CUstream other = new CUstream();
    CUevent event = new CUevent();
    cuStreamCreate(other, 1);
    cuEventCreate(event, 2);
    cuStreamBeginCapture(stream, 0);
    launch("add", 1, 64, y, 1f, 256);
    cuEventRecord(event, stream);
    cuStreamWaitEvent(other, event, 0);
    cuMemsetD32Async(y, 0, 1, other);
    return name(cuStreamEndCapture(stream, new CUgraph()));
  }

  private static String betweenStreams() {
    CUstream other = new CUstream();
    CUevent event = new CUevent();
    cuStreamCreate(other, 1);
    cuEventCreate(event, 2);
    launch("add", 1, 64, y, 5f, 256);
    cuEventRecord(event, stream);
    int[] early = {cuEventQuery(event)};
    cuStreamWaitEvent(other, event, 0);
    float[] host = new float[1];
    jcuda.driver.CUdeviceptr copy = new CUdeviceptr();
    cuMemAlloc(copy, 4);
    cuMemcpyDtoDAsync(copy, y, 4, other);
    cuStreamSynchronize(other);
    cuMemcpyDtoH(Pointer.to(host), copy, 4);
    return name(early[0]) + " " + host[0];
  }

  private static void kernels() {
    SCENARIOS.put("a missing barrier", () -> launch("exclusive", 1, 64, y) + checked());
    for (String kernel :
        new String[] {"exclusive", "everybody", "neighbour", "pair", "sum", "add"}) {
      SCENARIOS.put(
          "checked " + kernel,
          () -> {
            Simulator.option("CHECK", "1");
            checked = checked == null ? compile() : checked;
            cuModuleLoadData(module, checked);
            return launch(kernel, 2, 64, y, 1f, 256) + " " + sync();
          });
    }
    SCENARIOS.put("a barrier for some", () -> launch("divergent", 1, 64, y) + " " + sync());
    SCENARIOS.put("two barriers", () -> launch("twoBarriers", 1, 64, y) + " " + sync());
    SCENARIOS.put("a lane that is no part", () -> launch("outsider", 1, 32, y) + " " + sync());
    SCENARIOS.put("a misaligned vector", () -> launch("vector", 1, 32, y) + " " + sync());
  }

  private static String checked() {
    return " " + sync() + " " + (Float.isNaN(floats(1)[0]) ? "NaN" : "seen");
  }

  private static void addresses() {
    SCENARIOS.put("behind an allocation", () -> launch("at", 1, 1, y, 256L) + " " + sync());
    SCENARIOS.put("before an allocation", () -> launch("at", 1, 1, y, -1L) + " " + sync());
    SCENARIOS.put("far away", () -> launch("at", 1, 1, y, 1L << 30) + " " + sync());
    SCENARIOS.put(
        "freed memory",
        () -> name(cuMemFree(y)) + " " + launch("add", 1, 1, y, 1f, 1) + " " + sync());
    SCENARIOS.put("freed twice", () -> name(cuMemFree(y)) + " " + name(cuMemFree(y)));
    SCENARIOS.put(
        "a copy past the end",
        () -> name(cuMemcpyHtoD(y, Pointer.to(new float[300]), 1200)) + " then " + sync());
    SCENARIOS.put("a copy from no host", () -> name(cuMemcpyHtoD(y, y, 4)));
    SCENARIOS.put(
        "no memory left",
        () -> {
          Simulator.option("MEMORY", "1048576");
          return name(cuMemAlloc(new CUdeviceptr(), 2 << 20)) + " " + sync();
        });
    SCENARIOS.put(
        "the second allocation fails",
        () -> {
          Simulator.option("FAIL_ALLOC_AFTER", "1");
          return name(cuMemAlloc(new CUdeviceptr(), 4)) + " " + name(cuMemAlloc(y, 4));
        });
  }

  private static void capture() {
    SCENARIOS.put("allocation in capture", () -> captured(() -> cuMemAlloc(new CUdeviceptr(), 4)));
    SCENARIOS.put("waiting in capture", () -> captured(() -> cuStreamSynchronize(stream)));
    SCENARIOS.put("a blocking copy in capture", () -> captured(() -> cuMemcpyDtoD(y, y, 4)));
    SCENARIOS.put("loading in capture", () -> captured(() -> cuModuleLoadData(module, plain)));
    SCENARIOS.put(
        "default stream in capture", () -> captured(() -> cuMemsetD32Async(y, 0, 1, null)));
    SCENARIOS.put(
        "an event from outside",
        () -> {
          CUevent event = new CUevent();
          cuEventCreate(event, 2);
          launch("add", 1, 64, y, 5f, 256);
          cuEventRecord(event, stream);
          return captured(() -> cuStreamWaitEvent(stream, event, 0));
        });
    SCENARIOS.put("an event of a past capture", SimulatorProbe::afterTheCapture);
  }

  private static String afterTheCapture() {
    CUevent event = new CUevent();
    cuEventCreate(event, 2);
    cuStreamBeginCapture(stream, 0);
    launch("add", 1, 64, y, 5f, 256);
    cuEventRecord(event, stream);
    cuStreamEndCapture(stream, new CUgraph());
    String waited = name(cuStreamWaitEvent(stream, event, 0));
    launch("add", 1, 64, y, 1f, 256);
    return waited + " " + sync() + " " + values(1);
  }

  private static String captured(Supplier<Integer> call) {
    cuStreamBeginCapture(stream, 0);
    String result = name(call.get());
    return result + " then " + name(cuStreamEndCapture(stream, new CUgraph()));
  }

  private static void launches() {
    SCENARIOS.put("too many threads", () -> launch("add", 1, 1025, y, 1f, 1));
    SCENARIOS.put("more threads than bounded", () -> launch("small", 1, 129, y));
    SCENARIOS.put("no block", () -> launch("add", 0, 32, y, 1f, 1));
    SCENARIOS.put(
        "an unloaded kernel",
        () -> {
          CUfunction function = new CUfunction();
          cuModuleGetFunction(function, module, "small");
          String unloaded = name(cuModuleUnload(module));
          Pointer arguments = Pointer.to(Pointer.to(y));
          return unloaded
              + " "
              + name(cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, stream, arguments, null));
        });
    SCENARIOS.put(
        "a handle destroyed twice",
        () -> {
          cublasHandle handle = new cublasHandle();
          JCublas2.cublasCreate(handle);
          return JCublas2.cublasDestroy(handle) + " " + JCublas2.cublasDestroy(handle);
        });
    SCENARIOS.put(
        "a descriptor after its end",
        () -> {
          cudnnTensorDescriptor tensor = new cudnnTensorDescriptor();
          JCudnn.cudnnCreateTensorDescriptor(tensor);
          int ended = JCudnn.cudnnDestroyTensorDescriptor(tensor);
          return ended + " " + JCudnn.cudnnSetTensor4dDescriptor(tensor, 1, 0, 1, 1, 1, 1);
        });
    SCENARIOS.put(
        "a device that is lost",
        () -> {
          Simulator.option("LOST_AFTER", "1");
          launch("add", 1, 64, y, 1f, 1);
          String first = sync();
          launch("add", 1, 64, y, 1f, 1);
          return first + " " + sync() + " " + name(cuMemAlloc(new CUdeviceptr(), 4));
        });
  }

  private static void images() {
    SCENARIOS.put("4096 bytes of parameters", () -> parameters(4096 / 8));
    SCENARIOS.put("8 bytes more", () -> parameters(4096 / 8 + 1));
    SCENARIOS.put("no such kernel", () -> name(cuModuleGetFunction(new CUfunction(), module, "x")));
    SCENARIOS.put("garbage for a module", () -> name(cuModuleLoadData(module, new byte[999])));
    SCENARIOS.put(
        "a damaged module",
        () -> {
          byte[] damaged = compiled().clone();
          damaged[damaged.length / 2] ^= 1;
          return name(cuModuleLoadData(module, damaged));
        });
    SCENARIOS.put(
        "another architecture",
        () -> {
          Simulator.option("ARCH", "86");
          String result = name(cuModuleLoadData(module, compiled()));
          Simulator.option("ARCH", null);
          return result;
        });
  }

  private static String launch(String kernel, int blocks, int threads, Object... arguments) {
    CUfunction function = new CUfunction();
    cuModuleGetFunction(function, module, kernel);
    Pointer[] pointers = new Pointer[arguments.length];
    for (int i = 0; i < pointers.length; i++) {
      Object argument = arguments[i];
      pointers[i] =
          argument instanceof CUdeviceptr address
              ? Pointer.to(address)
              : argument instanceof Float value
                  ? Pointer.to(new float[] {value})
                  : argument instanceof Long value
                      ? Pointer.to(new long[] {value})
                      : Pointer.to(new int[] {(Integer) argument});
    }
    return name(
        cuLaunchKernel(
            function, blocks, 1, 1, threads, 1, 1, 0, stream, Pointer.to(pointers), null));
  }

  private static String sync() {
    return name(cuStreamSynchronize(stream));
  }

  private static float[] floats(int count) {
    float[] host = new float[count];
    cuMemcpyDtoH(Pointer.to(host), y, 4L * count);
    return host;
  }

  private static String values(int count) {
    StringBuilder text = new StringBuilder();
    for (float value : floats(count)) {
      text.append(text.isEmpty() ? "" : ",").append((int) value);
    }
    return text.toString();
  }

  private static String name(int status) {
    String[] name = new String[1];
    cuGetErrorName(status, name);
    return name[0].replace("CUDA_ERROR_", "").replace("CUDA_", "");
  }
}
