package semigan.kernels.cuda;

import static semigan.kernels.cuda.DnnHandle.check;
import static semigan.kernels.cuda.DnnHandle.checkRun;

import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnMathType;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.ConvDirection;
import semigan.kernels.DType;

/** One convolution, ready to run: its descriptors and the algorithm chosen for it. */
final class DnnConvolution implements AutoCloseable {
  /**
   * @param direction what is computed
   * @param geometry with the same padding on both sides
   * @param type of all three operands
   */
  record Key(ConvDirection direction, Conv2dGeometry geometry, DType type) {
    @Override
    public String toString() {
      return "%s of %s in %s".formatted(direction, geometry, type);
    }
  }

  /** Where the operands are; the one that the direction computes is written. */
  record Operands(Pointer x, Pointer w, Pointer y) {}

  private final DnnHandle handle;
  private final Key key;
  private final int mathType;
  private final DnnDescriptors on;
  private int algorithm;
  private long workspace;

  /**
   * BF16 reaches tensor cores where both numbers of channels are multiples of 8. Others are left as
   * they are: whether copying them into padded tensors pays has not been measured.
   *
   * @param tf32 whether F32 inputs may be rounded to TF32
   */
  DnnConvolution(DnnHandle handle, Key key, boolean tf32) {
    this.handle = handle;
    this.key = key;
    this.mathType =
        key.type == DType.BF16 || tf32
            ? cudnnMathType.CUDNN_TENSOR_OP_MATH
            : cudnnMathType.CUDNN_FMA_MATH;
    this.on = new DnnDescriptors(key.geometry, key.type, mathType);
  }

  /** Bytes that {@link #run} needs beside the operands. */
  long workspace() {
    return workspace;
  }

  /** Runs by this algorithm from now on. */
  void use(DnnAlgorithm chosen) {
    algorithm = chosen.number();
    if (mathType != cudnnMathType.CUDNN_FMA_MATH) {
      on.mathType(chosen.mathType());
    }
    workspace = chosen.workspace();
  }

  /** What cuDNN expects to be fast, best first: the same answer each time. */
  List<DnnAlgorithm> expected() {
    int[] count = new int[1];
    return switch (key.direction) {
      case FORWARD -> {
        var found = new cudnnConvolutionFwdAlgoPerf[DnnAlgorithm.MOST];
        checked(
            JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                handle.get(),
                on.x(),
                on.w(),
                on.convolution(),
                on.y(),
                found.length,
                count,
                found));
        yield DnnAlgorithm.usable(found, count[0]);
      }
      case BACKWARD_INPUT -> {
        var found = new cudnnConvolutionBwdDataAlgoPerf[DnnAlgorithm.MOST];
        checked(
            JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                handle.get(),
                on.w(),
                on.y(),
                on.convolution(),
                on.x(),
                found.length,
                count,
                found));
        yield DnnAlgorithm.usable(found, count[0]);
      }
      case BACKWARD_WEIGHT -> {
        var found = new cudnnConvolutionBwdFilterAlgoPerf[DnnAlgorithm.MOST];
        checked(
            JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                handle.get(),
                on.x(),
                on.y(),
                on.convolution(),
                on.w(),
                found.length,
                count,
                found));
        yield DnnAlgorithm.usable(found, count[0]);
      }
    };
  }

  /** What proves to be fast, best first: timed, so not always the same. Writes the output. */
  List<DnnAlgorithm> timed(Operands at, Pointer space, long bytes) {
    int[] count = new int[1];
    return switch (key.direction) {
      case FORWARD -> {
        var found = new cudnnConvolutionFwdAlgoPerf[DnnAlgorithm.MOST];
        checked(
            JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
                handle.get(),
                on.x(),
                at.x,
                on.w(),
                at.w,
                on.convolution(),
                on.y(),
                at.y,
                found.length,
                count,
                found,
                space,
                bytes));
        yield DnnAlgorithm.usable(found, count[0]);
      }
      case BACKWARD_INPUT -> {
        var found = new cudnnConvolutionBwdDataAlgoPerf[DnnAlgorithm.MOST];
        checked(
            JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
                handle.get(),
                on.w(),
                at.w,
                on.y(),
                at.y,
                on.convolution(),
                on.x(),
                at.x,
                found.length,
                count,
                found,
                space,
                bytes));
        yield DnnAlgorithm.usable(found, count[0]);
      }
      case BACKWARD_WEIGHT -> {
        var found = new cudnnConvolutionBwdFilterAlgoPerf[DnnAlgorithm.MOST];
        checked(
            JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
                handle.get(),
                on.x(),
                at.x,
                on.y(),
                at.y,
                on.convolution(),
                on.w(),
                at.w,
                found.length,
                count,
                found,
                space,
                bytes));
        yield DnnAlgorithm.usable(found, count[0]);
      }
    };
  }

  /**
   * Queues it.
   *
   * @throws UnsupportedOperationException if cuDNN offered the algorithm but does not run it
   */
  void run(Operands at, Pointer space) {
    checkRun(
        switch (key.direction) {
          case FORWARD ->
              JCudnn.cudnnConvolutionForward(
                  handle.get(),
                  HostScalar.ONE,
                  on.x(),
                  at.x,
                  on.w(),
                  at.w,
                  on.convolution(),
                  algorithm,
                  space,
                  workspace,
                  HostScalar.ZERO,
                  on.y(),
                  at.y);
          case BACKWARD_INPUT ->
              JCudnn.cudnnConvolutionBackwardData(
                  handle.get(),
                  HostScalar.ONE,
                  on.w(),
                  at.w,
                  on.y(),
                  at.y,
                  on.convolution(),
                  algorithm,
                  space,
                  workspace,
                  HostScalar.ZERO,
                  on.x(),
                  at.x);
          case BACKWARD_WEIGHT ->
              JCudnn.cudnnConvolutionBackwardFilter(
                  handle.get(),
                  HostScalar.ONE,
                  on.x(),
                  at.x,
                  on.y(),
                  at.y,
                  on.convolution(),
                  algorithm,
                  space,
                  workspace,
                  HostScalar.ZERO,
                  on.w(),
                  at.w);
        },
        key.toString());
  }

  private void checked(int status) {
    check(status, key.toString());
  }

  @Override
  public void close() {
    on.close();
  }
}
