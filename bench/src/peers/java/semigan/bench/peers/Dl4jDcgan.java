package semigan.bench.peers;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import semigan.bench.WindowLoop;
import semigan.bench.Workload;

/**
 * The DCGAN in DL4J, as a peer of ours: the same networks and, but for the discriminator's weight
 * gradients in the generator's step, which DL4J computes in any case, the same step. The losses'
 * gradients are given to it from outside, so that the images are generated once.
 */
@Command(name = "Dl4jDcgan", mixinStandardHelpOptions = true)
public final class Dl4jDcgan implements Callable<Integer> {
  private static final int NOISE = 100;

  @Mixin private Workload workload;

  private MultiLayerNetwork generator;
  private MultiLayerNetwork discriminator;
  private INDArray real; // [N,C,H,W], in -1..1
  private int iteration;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Dl4jDcgan()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    generator = generator();
    discriminator = discriminator();
    int n = workload.batch();
    int size = workload.size();
    real = Nd4j.rand(n, workload.channels(), size, size).muli(2).subi(1);
    Runnable step =
        switch (workload.task()) {
          case "train-step" -> this::trainStep;
          case "generate" -> () -> generator.output(noise());
          default -> throw new IllegalArgumentException("no task " + workload.task());
        };
    WindowLoop.serve("DL4J", workload, step, () -> {}, System.in, System.out);
    return 0;
  }

  /** One update of the discriminator and one of the generator. */
  private void trainStep() {
    INDArray fake = forward(generator, noise());
    INDArray onReal = towards(1, forward(discriminator, real));
    // The network's one buffer of gradients, which the next pass overwrites.
    INDArray first = discriminator.backpropGradient(onReal, null).getFirst().gradient().dup();
    INDArray onFake = towards(0, forward(discriminator, fake));
    Gradient both = discriminator.backpropGradient(onFake, null).getFirst();
    both.gradient().addi(first);
    update(discriminator, both);
    INDArray fooled = towards(1, forward(discriminator, fake));
    INDArray images = discriminator.backpropGradient(fooled, null).getSecond();
    update(generator, generator.backpropGradient(images, null).getFirst());
    iteration++;
  }

  private INDArray noise() {
    return Nd4j.randn(workload.batch(), NOISE, 1, 1);
  }

  private static INDArray forward(MultiLayerNetwork network, INDArray x) {
    network.setInput(x);
    List<INDArray> activations = network.feedForward(true, false);
    return activations.get(activations.size() - 1);
  }

  /** The gradient of the mean binary cross-entropy with one label, by the logits. */
  private INDArray towards(int label, INDArray logits) {
    return Transforms.sigmoid(logits).subi(label).divi(workload.batch());
  }

  private void update(MultiLayerNetwork network, Gradient gradient) {
    network
        .getUpdater()
        .update(
            network, gradient, iteration, 0, workload.batch(), LayerWorkspaceMgr.noWorkspaces());
    network.params().subi(gradient.gradient());
  }

  /** z to images: transposed convolutions with batch normalisation and ReLU, tanh at the end. */
  private MultiLayerNetwork generator() {
    NeuralNetConfiguration.ListBuilder layers = layers();
    int filters = workload.width() * workload.size() / 8;
    layers.layer(transposed(filters, 1, 0, new ActivationIdentity()));
    layers.layer(normalisation(new ActivationReLU()));
    for (; filters > workload.width(); filters /= 2) {
      layers.layer(transposed(filters / 2, 2, 1, new ActivationIdentity()));
      layers.layer(normalisation(new ActivationReLU()));
    }
    layers.layer(transposed(workload.channels(), 2, 1, new ActivationTanH()));
    return build(layers, InputType.convolutional(1, 1, NOISE));
  }

  /**
   * Images to logits: strided convolutions with batch normalisation (not at the ends) and
   * LeakyReLU.
   */
  private MultiLayerNetwork discriminator() {
    NeuralNetConfiguration.ListBuilder layers = layers();
    int filters = workload.width();
    layers.layer(convolution(filters, 2, 1, new ActivationLReLU(0.2)));
    for (; filters < workload.width() * workload.size() / 8; filters *= 2) {
      layers.layer(convolution(2 * filters, 2, 1, new ActivationIdentity()));
      layers.layer(normalisation(new ActivationLReLU(0.2)));
    }
    layers.layer(convolution(1, 1, 0, new ActivationIdentity()));
    return build(
        layers, InputType.convolutional(workload.size(), workload.size(), workload.channels()));
  }

  private static NeuralNetConfiguration.ListBuilder layers() {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .updater(new Adam(2e-4, 0.5, 0.999, 1e-8))
        .weightInit(new NormalDistribution(0, 0.02))
        .miniBatch(false) // the gradients are means already
        .trainingWorkspaceMode(WorkspaceMode.ENABLED)
        .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
        .list();
  }

  private static MultiLayerNetwork build(
      NeuralNetConfiguration.ListBuilder layers, InputType input) {
    MultiLayerNetwork network = new MultiLayerNetwork(layers.setInputType(input).build());
    network.init();
    return network;
  }

  private static Layer transposed(int out, int stride, int padding, IActivation activation) {
    return sized(new Deconvolution2D.Builder(4, 4), out, stride, padding, activation).build();
  }

  private static Layer convolution(int out, int stride, int padding, IActivation activation) {
    return sized(new ConvolutionLayer.Builder(4, 4), out, stride, padding, activation).build();
  }

  private static <B extends ConvolutionLayer.BaseConvBuilder<B>> B sized(
      B builder, int out, int stride, int padding, IActivation activation) {
    return builder
        .stride(stride, stride)
        .padding(padding, padding)
        .nOut(out)
        .hasBias(false)
        .activation(activation);
  }

  private static Layer normalisation(IActivation activation) {
    return new BatchNormalization.Builder().eps(1e-5).decay(0.9).activation(activation).build();
  }
}
