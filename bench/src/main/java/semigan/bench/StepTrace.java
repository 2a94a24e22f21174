package semigan.bench;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import semigan.gan.train.StepLosses;
import semigan.kernels.Backend;
import semigan.tensor.Scope;
import semigan.tensor.Tensor;

/**
 * The losses of a DCGAN's first training steps, and a digest of the averaged weights after them, as
 * a line of JSON: two processes that compute the same bits print the same line.
 */
@Command(name = "StepTrace", mixinStandardHelpOptions = true)
public final class StepTrace implements Callable<Integer> {
  @Mixin private Workload workload;
  @Mixin private DeviceChoice device;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StepTrace()).execute(arguments));
  }

  @Override
  public Integer call() {
    try (Backend backend = device.open(workload);
        Scope scope = Scope.open(backend);
        DcganStep step = DcganStep.of(workload, scope.device())) {
      StringJoiner losses = new StringJoiner(",", "[", "]");
      for (int i = 0; i < workload.steps(); i++) {
        step.run();
        StepLosses of = step.losses();
        losses.add(
            String.format(Locale.ROOT, "[%.9g,%.9g,%.9g]", of.real(), of.fake(), of.generator()));
      }
      System.out.printf("{\"losses\":%s,\"weights\":\"%s\"}%n", losses, digest(step));
    }
    return 0;
  }

  private static String digest(DcganStep step) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    for (Tensor tensor : step.model().state().values()) {
      float[] values = tensor.toFloats();
      ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
      bytes.asFloatBuffer().put(values);
      sha256.update(bytes);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }
}
