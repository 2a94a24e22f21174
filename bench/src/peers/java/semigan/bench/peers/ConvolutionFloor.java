package semigan.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import semigan.bench.DcganConvolutions;
import semigan.bench.DcganConvolutions.Convolution;
import semigan.bench.Workload;

/**
 * The least time in which oneDNN does the convolutions of a training step: each alone by its best
 * primitive, and nothing else. Answers like a peer, with the sum for each line that it reads.
 */
@Command(name = "ConvolutionFloor", mixinStandardHelpOptions = true)
public final class ConvolutionFloor implements Callable<Integer> {
  @Mixin private Workload workload;

  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();

  public static void main(String[] args) {
    System.exit(new CommandLine(new ConvolutionFloor()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0);
    dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_in_order);
    Map<OneDnnConvolution, Integer> calls = new LinkedHashMap<>();
    DcganConvolutions.of(workload)
        .forEach((convolution, number) -> calls.put(faster(convolution), number));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (lines.readLine() != null) {
      double ms = 0;
      for (Map.Entry<OneDnnConvolution, Integer> one : calls.entrySet()) {
        ms += one.getValue() * one.getKey().best(workload.steps());
      }
      System.out.printf("{\"peer\":\"floor\",\"ms\":%.4f}%n", ms);
    }
    return 0;
  }

  /** In the order of images that suits oneDNN better. */
  private OneDnnConvolution faster(Convolution convolution) {
    OneDnnConvolution nhwc = open(convolution, false);
    OneDnnConvolution blocked = open(convolution, true);
    boolean blockedIsFaster = blocked.best(workload.warmUp()) < nhwc.best(workload.warmUp());
    (blockedIsFaster ? nhwc : blocked).close();
    return blockedIsFaster ? blocked : nhwc;
  }

  private OneDnnConvolution open(Convolution convolution, boolean blocked) {
    boolean bf16 = workload.mode().equals("bf16");
    return new OneDnnConvolution(engine, stream, convolution, bf16, blocked);
  }
}
