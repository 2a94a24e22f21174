package semigan.bench.peers;

import static org.bytedeco.pytorch.global.torch.DeviceType.CPU;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import semigan.bench.Workload;

/**
 * The DCGAN (Radford et al. 2016, arXiv:1511.06434) in libtorch, as a peer of ours: the same
 * networks, the same step, no work that the step does not need. The discriminator learns from a
 * real and a generated batch, then the generator through it; the images are generated once, and the
 * generator's step computes no gradient of the discriminator's weights.
 */
final class LibtorchDcgan {
  private static final int NOISE = 100;
  private static final double RATE = 2e-4;
  private static final double EPSILON = 1e-8;

  private final Workload workload;
  private final boolean bf16;
  private final Generator generator;
  private final Discriminator discriminator;
  private final FusedAdam generatorAdam;
  private final FusedAdam discriminatorAdam;
  private final Tensor real; // [N,C,H,W], in -1..1
  private final Tensor ones; // [N]
  private final Tensor zeros; // [N]

  LibtorchDcgan(Workload workload) {
    this.workload = workload;
    bf16 =
        switch (workload.mode()) {
          case "f32" -> false;
          case "bf16" -> true;
          default -> throw new IllegalArgumentException("no mode " + workload.mode());
        };
    torch.manual_seed(0);
    torch.set_autocast_dtype(CPU, torch.ScalarType.BFloat16);
    generator = new Generator(workload.channels(), workload.width(), workload.size());
    discriminator = new Discriminator(workload.channels(), workload.width(), workload.size());
    generatorAdam = new FusedAdam(generator.parameters(), RATE, EPSILON);
    discriminatorAdam = new FusedAdam(discriminator.parameters(), RATE, EPSILON);
    int n = workload.batch();
    Tensor uniform = torch.rand(n, workload.channels(), workload.size(), workload.size());
    real = ConvLayer.nhwc(uniform.mul_(new Scalar(2.0)).sub_(new Scalar(1.0)));
    ones = torch.ones(n);
    zeros = torch.zeros(n);
  }

  /** One update of the discriminator and one of the generator. */
  void trainStep() {
    try (PointerScope step = new PointerScope()) {
      Tensor[] fake = new Tensor[1];
      Tensor loss =
          autocast(
              () -> {
                fake[0] = generator.forward(noise(), true);
                Tensor onReal = loss(discriminator.forward(real), ones);
                return onReal.add(loss(discriminator.forward(fake[0].detach()), zeros));
              });
      discriminatorAdam.clearGradients();
      loss.backward();
      discriminatorAdam.step();
      discriminator.requiresGrad(false);
      Tensor fooled = autocast(() -> loss(discriminator.forward(fake[0]), ones));
      generatorAdam.clearGradients();
      fooled.backward();
      generatorAdam.step();
      discriminator.requiresGrad(true);
    }
  }

  /** One batch of images, by the running statistics and without a graph. */
  void generate() {
    try (PointerScope step = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      autocast(() -> generator.forward(noise(), false));
    }
  }

  private Tensor noise() {
    return torch.randn(workload.batch(), NOISE, 1, 1);
  }

  private static Tensor loss(Tensor logits, Tensor labels) {
    return torch.binary_cross_entropy_with_logits(
        logits.flatten().to(torch.ScalarType.Float), labels);
  }

  /**
   * Products in BF16, sums and weights in F32, as {@code torch.autocast} chooses; in F32 mode just
   * the body.
   */
  private Tensor autocast(Supplier<Tensor> body) {
    if (!bf16) {
      return body.get();
    }
    torch.set_autocast_enabled(CPU, true);
    try {
      return body.get();
    } finally {
      torch.set_autocast_enabled(CPU, false);
      torch.clear_cache(); // it holds BF16 copies of weights that Adam is about to change
    }
  }

  /**
   * z [N,100,1,1] to images [N,C,H,W]: transposed convolutions with batch normalisation and ReLU,
   * tanh at the end.
   */
  private static final class Generator {
    private final List<ConvLayer> layers = new ArrayList<>();

    Generator(int channels, int width, int size) {
      int filters = width * size / 8;
      layers.add(ConvLayer.of(NOISE, filters, 1, 0, true, true));
      for (; filters > width; filters /= 2) {
        layers.add(ConvLayer.of(filters, filters / 2, 2, 1, true, true));
      }
      layers.add(ConvLayer.of(width, channels, 2, 1, true, false));
    }

    Tensor forward(Tensor x, boolean training) {
      int last = layers.size() - 1;
      for (ConvLayer layer : layers.subList(0, last)) {
        x = torch.relu_(layer.forward(x, training));
      }
      return torch.tanh_(layers.get(last).forward(x, training));
    }

    List<Tensor> parameters() {
      return layers.stream().flatMap(l -> l.parameters().stream()).toList();
    }
  }

  /**
   * Images [N,C,H,W] to logits [N,1,1,1]: strided convolutions with batch normalisation (not at the
   * ends) and LeakyReLU 0.2.
   */
  private static final class Discriminator {
    private static final Scalar SLOPE = new Scalar(0.2);
    private final List<ConvLayer> layers = new ArrayList<>();

    Discriminator(int channels, int width, int size) {
      layers.add(ConvLayer.of(channels, width, 2, 1, false, false));
      int filters = width;
      for (; filters < width * size / 8; filters *= 2) {
        layers.add(ConvLayer.of(filters, 2 * filters, 2, 1, false, true));
      }
      layers.add(ConvLayer.of(filters, 1, 1, 0, false, false));
    }

    Tensor forward(Tensor x) {
      int last = layers.size() - 1;
      for (ConvLayer layer : layers.subList(0, last)) {
        x = torch.leaky_relu_(layer.forward(x, true), SLOPE);
      }
      return layers.get(last).forward(x, true);
    }

    void requiresGrad(boolean required) {
      parameters().forEach(p -> p.set_requires_grad(required));
    }

    List<Tensor> parameters() {
      return layers.stream().flatMap(l -> l.parameters().stream()).toList();
    }
  }
}
