package semigan.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import semigan.bench.Workload;

/**
 * Semi-supervised feature matching with fully connected layers in libtorch (Salimans et al. 2016,
 * arXiv:1606.03498), as a peer of {@code semigan.bench.MlpStep}: the same networks and the same
 * step. Images pass the discriminator together where they may, and what needs no gradient has none.
 */
final class LibtorchMlp {
  private static final int PIXELS = 28 * 28;
  private static final int NOISE = 100;
  private static final int CLASSES = 10;
  private static final double RATE = 0.003;

  /** Outside of the root what the recipe's 1e-8 is inside of it. */
  private static final double EPSILON = 1e-4;

  private final int batch;
  private final Generator generator = new Generator();
  private final Discriminator discriminator = new Discriminator();
  private final FusedAdam generatorAdam;
  private final FusedAdam discriminatorAdam;
  private final Tensor images; // labelled, then unlabelled: [2N,784]
  private final Tensor others; // unlabelled: [N,784]
  private final Tensor labels; // [N,1]

  LibtorchMlp(Workload workload) {
    if (!workload.mode().equals("f32")) {
      throw new IllegalArgumentException("mlp-step: no mode " + workload.mode());
    }
    batch = workload.batch();
    torch.manual_seed(0);
    generatorAdam = new FusedAdam(generator.parameters(), RATE, EPSILON);
    discriminatorAdam = new FusedAdam(discriminator.parameters(), RATE, EPSILON);
    images = torch.rand(2 * batch, PIXELS);
    others = torch.rand(batch, PIXELS);
    labels = torch.randint(CLASSES, new long[] {batch, 1}).to(torch.ScalarType.Long);
  }

  /** One update of the discriminator and one of the generator. */
  void step() {
    try (PointerScope step = new PointerScope()) {
      Tensor loss = discriminatorLoss(generateWithoutHistory());
      discriminatorAdam.clearGradients();
      loss.backward();
      discriminatorAdam.step();

      discriminator.requiresGrad(false);
      Tensor real = discriminator.features(others);
      Tensor fake = generator.forward(torch.rand(batch, NOISE));
      Tensor difference = mean(real).sub(mean(discriminator.features(fake)));
      Tensor matching = difference.square().mean();
      generatorAdam.clearGradients();
      matching.backward();
      generatorAdam.step();
      discriminator.requiresGrad(true);
    }
  }

  private Tensor generateWithoutHistory() {
    try (NoGradGuard none = new NoGradGuard()) {
      return generator.forward(torch.rand(batch, NOISE));
    }
  }

  private static Tensor mean(Tensor features) {
    return features.mean(0);
  }

  private Tensor discriminatorLoss(Tensor fake) {
    Tensor all = torch.cat(new TensorVector(images, fake));
    Tensor logits = discriminator.logits(all); // [3N,10]
    Tensor real = torch.logsumexp(logits, 1); // the logit of "not generated"
    Tensor picked = logits.narrow(0, 0, batch).gather(1, labels);
    Tensor labelled = real.narrow(0, 0, batch).mean().sub(picked.mean());
    Tensor unlabelled = torch.softplus(real.narrow(0, batch, batch).neg()).mean();
    Tensor generated = torch.softplus(real.narrow(0, 2L * batch, batch)).mean();
    return labelled.add(unlabelled.add(generated).mul(new Scalar(0.5)));
  }

  /**
   * A dense layer whose weight is {@code scale v / |v|}, row by row. It scales its output instead,
   * which is smaller than the weight.
   */
  private record Normalised(Tensor v, Tensor scale, Tensor bias, boolean learnsScale) {
    private static final ScalarOptional EUCLIDEAN = new ScalarOptional(new Scalar(2.0));

    static Normalised of(int in, int out, boolean learnsScale) {
      return new Normalised(
          torch.randn(out, in).mul_(new Scalar(0.1)).set_requires_grad(true),
          torch.ones(out).set_requires_grad(learnsScale),
          torch.zeros(out).set_requires_grad(true),
          learnsScale);
    }

    Tensor forward(Tensor x) {
      return bias.addcmul(torch.linear(x, v), scale.div(torch.norm(v, EUCLIDEAN, 1)));
    }

    Stream<Tensor> parameters() {
      return learnsScale ? Stream.of(v, scale, bias) : Stream.of(v, bias);
    }
  }

  /** z [N,100] to images [N,784]. */
  private static final class Generator {
    private final Hidden first = Hidden.of(NOISE, 500);
    private final Hidden second = Hidden.of(500, 500);
    private final Normalised last = Normalised.of(500, PIXELS, true);

    Tensor forward(Tensor z) {
      return torch.sigmoid_(last.forward(second.forward(first.forward(z))));
    }

    List<Tensor> parameters() {
      return Stream.of(first.parameters(), second.parameters(), last.parameters())
          .flatMap(parameters -> parameters)
          .toList();
    }

    /** A dense layer, batch normalisation with a shift alone, and softplus. */
    private record Hidden(
        Tensor weight,
        TensorOptional shift,
        TensorOptional scale,
        TensorOptional mean,
        TensorOptional variance) {
      static Hidden of(int in, int out) {
        return new Hidden(
            torch.randn(out, in).mul_(new Scalar(0.1)).set_requires_grad(true),
            new TensorOptional(torch.zeros(out).set_requires_grad(true)),
            new TensorOptional(torch.ones(out)),
            new TensorOptional(torch.zeros(out)),
            new TensorOptional(torch.ones(out)));
      }

      Tensor forward(Tensor x) {
        Tensor y = torch.linear(x, weight);
        return torch.softplus(
            torch.batch_norm(y, scale, shift, mean, variance, true, 0.1, 1e-5, false));
      }

      Stream<Tensor> parameters() {
        return Stream.of(weight, shift.get());
      }
    }
  }

  /** Images [N,784] to features [N,250] and logits [N,10]; noise before every layer. */
  private static final class Discriminator {
    private final List<Normalised> hidden = new ArrayList<>();
    private final Normalised last = Normalised.of(250, CLASSES, true);

    Discriminator() {
      int in = PIXELS;
      for (int out : new int[] {1000, 500, 250, 250, 250}) {
        hidden.add(Normalised.of(in, out, false));
        in = out;
      }
    }

    Tensor features(Tensor x) {
      double deviation = 0.3;
      for (Normalised layer : hidden) {
        x = torch.relu_(layer.forward(noisy(x, deviation)));
        deviation = 0.5;
      }
      return x;
    }

    Tensor logits(Tensor x) {
      return last.forward(noisy(features(x), 0.5));
    }

    private static Tensor noisy(Tensor x, double deviation) {
      return x.add(torch.randn_like(x), new Scalar(deviation));
    }

    void requiresGrad(boolean required) {
      parameters().forEach(p -> p.set_requires_grad(required));
    }

    List<Tensor> parameters() {
      return Stream.concat(hidden.stream(), Stream.of(last))
          .flatMap(Normalised::parameters)
          .toList();
    }
  }
}
