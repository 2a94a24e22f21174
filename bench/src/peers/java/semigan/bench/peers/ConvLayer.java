package semigan.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A 4x4 convolution or transposed convolution without bias, and the batch normalisation behind it
 * where there is one.
 */
final class ConvLayer {
  private static final int KERNEL = 4;
  private static final TensorOptional NONE = new TensorOptional();
  private static final long[] ONE = {1, 1};
  private static final long[] ZERO = {0, 0};

  private final boolean transposed;
  private final long[] stride;
  private final long[] padding;
  private final Tensor weight; // convolution [out,in,4,4], transposed [in,out,4,4]
  private final Norm norm; // null where there is none
  private final List<Tensor> parameters = new ArrayList<>();

  private ConvLayer(boolean transposed, int stride, int padding, Tensor weight, Norm norm) {
    this.transposed = transposed;
    this.stride = new long[] {stride, stride};
    this.padding = new long[] {padding, padding};
    this.weight = weight;
    this.norm = norm;
    parameters.add(weight);
    if (norm != null) {
      parameters.add(norm.scale);
      parameters.add(norm.shift);
    }
  }

  /** A layer with weights drawn from N(0, 0.02²). */
  static ConvLayer of(
      int in, int out, int stride, int padding, boolean transposed, boolean normalised) {
    Tensor weight = torch.randn(transposed ? in : out, transposed ? out : in, KERNEL, KERNEL);
    weight.mul_(new Scalar(0.02));
    return new ConvLayer(
        transposed,
        stride,
        padding,
        nhwc(weight).set_requires_grad(true),
        normalised ? Norm.of(out) : null);
  }

  /**
   * Shaped [N,C,H,W] as libtorch wants it, but laid out NHWC in memory: its faster format, and
   * ours.
   */
  static Tensor nhwc(Tensor t) {
    return t.contiguous(torch.MemoryFormat.ChannelsLast);
  }

  List<Tensor> parameters() {
    return parameters;
  }

  // x: [N,in,H,W] -> [N,out,H',W']
  Tensor forward(Tensor x, boolean training) {
    Tensor y =
        transposed
            ? torch.conv_transpose2d(x, weight, NONE, stride, padding, ZERO, 1, ONE)
            : torch.conv2d(x, weight, NONE, stride, padding, ONE, 1);
    return norm == null ? y : norm.forward(y, training);
  }

  /** Scale and shift are learned; mean and variance are running statistics. All [C]. */
  private record Norm(Tensor scale, Tensor shift, TensorOptional[] arguments) {
    static Norm of(int channels) {
      Tensor scale = torch.ones(channels).set_requires_grad(true);
      Tensor shift = torch.zeros(channels).set_requires_grad(true);
      TensorOptional[] arguments = {
        new TensorOptional(scale),
        new TensorOptional(shift),
        new TensorOptional(torch.zeros(channels)),
        new TensorOptional(torch.ones(channels))
      };
      return new Norm(scale, shift, arguments);
    }

    Tensor forward(Tensor x, boolean training) {
      return torch.batch_norm(
          x, arguments[0], arguments[1], arguments[2], arguments[3], training, 0.1, 1e-5, false);
    }
  }
}
