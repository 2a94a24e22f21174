package semigan.bench.peers;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980) over all parameters in one call: the operator behind
 * PyTorch's {@code Adam(fused=True)}. libtorch's own C++ optimiser takes several passes over each
 * parameter and is slower; their updates are equal.
 */
final class FusedAdam {
  private static final double BETA1 = 0.5;
  private static final double BETA2 = 0.999;
  private static final Scalar ONE = new Scalar(1.0);

  private final OperatorHandle update =
      Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adam_", "");
  private final double rate;
  private final double epsilon;
  private final List<Tensor> parameters;
  private final IValue weights;
  private final IValue firstMoments;
  private final IValue secondMoments;
  private final IValue steps; // one count, listed once a parameter
  private final Tensor step = torch.zeros(new long[0]);

  FusedAdam(List<Tensor> parameters, double rate, double epsilon) {
    this.rate = rate;
    this.epsilon = epsilon;
    this.parameters = parameters;
    weights = list(parameters);
    firstMoments = list(parameters.stream().map(torch::zeros_like).toList());
    secondMoments = list(parameters.stream().map(torch::zeros_like).toList());
    steps = list(parameters.stream().map(p -> step).toList());
  }

  void clearGradients() {
    parameters.forEach(p -> p.mutable_grad().reset());
  }

  void step() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      step.add_(ONE);
      IValueVector stack = new IValueVector();
      stack.push_back(weights);
      stack.push_back(list(parameters.stream().map(Tensor::grad).toList()));
      stack.push_back(firstMoments);
      stack.push_back(secondMoments);
      stack.push_back(list(List.of())); // greatest second moments: AMSGrad only
      stack.push_back(steps);
      double weightDecay = 0;
      for (double value : new double[] {rate, BETA1, BETA2, weightDecay, epsilon}) {
        stack.push_back(new IValue(value));
      }
      stack.push_back(new IValue(false)); // amsgrad
      stack.push_back(new IValue(false)); // maximize
      stack.push_back(new IValue()); // grad_scale
      stack.push_back(new IValue()); // found_inf
      update.callBoxed(stack);
    }
  }

  private static IValue list(List<Tensor> tensors) {
    GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
    tensors.forEach(t -> list.push_back(new IValue(t)));
    return new IValue(list);
  }
}
