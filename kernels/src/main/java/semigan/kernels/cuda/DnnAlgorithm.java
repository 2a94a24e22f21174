package semigan.kernels.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;

/**
 * A way in which cuDNN can do a convolution.
 *
 * @param number a {@code cudnnConvolution*Algo} of the direction asked about
 * @param workspace bytes that it needs
 * @param mathType the {@code cudnnMathType} that it was rated with
 * @param deterministic whether it gives the same bits at each call
 */
record DnnAlgorithm(int number, long workspace, int mathType, boolean deterministic) {
  /** More than any direction has, so that nothing is left out of an answer. */
  static final int MOST = 16;

  static List<DnnAlgorithm> usable(cudnnConvolutionFwdAlgoPerf[] found, int count) {
    List<DnnAlgorithm> usable = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var it = found[i];
      add(usable, it.status, it.algo, it.memory, it.mathType, it.determinism);
    }
    return usable;
  }

  static List<DnnAlgorithm> usable(cudnnConvolutionBwdDataAlgoPerf[] found, int count) {
    List<DnnAlgorithm> usable = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var it = found[i];
      add(usable, it.status, it.algo, it.memory, it.mathType, it.determinism);
    }
    return usable;
  }

  static List<DnnAlgorithm> usable(cudnnConvolutionBwdFilterAlgoPerf[] found, int count) {
    List<DnnAlgorithm> usable = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var it = found[i];
      add(usable, it.status, it.algo, it.memory, it.mathType, it.determinism);
    }
    return usable;
  }

  /** cuDNN may say that an algorithm works that needs more bytes than a long counts. */
  private static void add(
      List<DnnAlgorithm> usable,
      int status,
      int number,
      long workspace,
      int mathType,
      int determinism) {
    if (DnnHandle.isSuccess(status) && workspace >= 0) {
      boolean deterministic = determinism == cudnnDeterminism.CUDNN_DETERMINISTIC;
      usable.add(new DnnAlgorithm(number, workspace, mathType, deterministic));
    }
  }

  /**
   * Those of {@code ranked} that give the same bits at each call: first, in their order, those that
   * need at most {@code limit} bytes. The others follow, the smallest first, since in F32 cuDNN may
   * have but one, whose need grows with the batch: whether that is too much the allocation tells.
   *
   * @param label of the convolution, for messages
   * @throws UnsupportedOperationException if there is none
   */
  static List<DnnAlgorithm> repeatable(List<DnnAlgorithm> ranked, long limit, String label) {
    List<DnnAlgorithm> repeatable =
        ranked.stream()
            .filter(DnnAlgorithm::deterministic)
            .sorted(Comparator.comparingLong(it -> Math.max(it.workspace, limit)))
            .toList();
    if (repeatable.isEmpty()) {
      throw new UnsupportedOperationException(
          "cuda: %s: cuDNN has no algorithm for it that gives the same result each time, among the %d that work; use another size or precision"
              .formatted(label, ranked.size()));
    }
    return repeatable;
  }
}
