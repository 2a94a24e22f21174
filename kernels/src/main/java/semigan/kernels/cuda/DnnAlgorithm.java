package semigan.kernels.cuda;

import java.util.ArrayList;
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

  private static void add(
      List<DnnAlgorithm> usable,
      int status,
      int number,
      long workspace,
      int mathType,
      int determinism) {
    if (DnnHandle.isSuccess(status)) {
      boolean deterministic = determinism == cudnnDeterminism.CUDNN_DETERMINISTIC;
      usable.add(new DnnAlgorithm(number, workspace, mathType, deterministic));
    }
  }

  /**
   * Those of {@code ranked}, in their order, that give the same bits at each call and need at most
   * {@code limit} bytes.
   *
   * @param label of the convolution, for messages
   * @throws UnsupportedOperationException if there is none
   */
  static List<DnnAlgorithm> fitting(List<DnnAlgorithm> ranked, long limit, String label) {
    List<DnnAlgorithm> fitting = new ArrayList<>();
    long least = Long.MAX_VALUE;
    for (DnnAlgorithm candidate : ranked) {
      if (candidate.deterministic) {
        least = Math.min(least, candidate.workspace);
        if (candidate.workspace <= limit) {
          fitting.add(candidate);
        }
      }
    }
    if (!fitting.isEmpty()) {
      return fitting;
    }
    if (least == Long.MAX_VALUE) {
      throw new UnsupportedOperationException(
          "cuda: %s: cuDNN has no algorithm for it that gives the same result each time, among the %d that work; use another size or precision"
              .formatted(label, ranked.size()));
    }
    throw new UnsupportedOperationException(
        "cuda: %s: cuDNN needs %,d bytes of workspace for it but may use %,d; raise -Dsemigan.cuda.workspace"
            .formatted(label, least, limit));
  }
}
