package semigan.kernels.cuda;

import static semigan.kernels.cuda.DnnHandle.check;

import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import semigan.kernels.Conv2dGeometry;
import semigan.kernels.DType;

/**
 * A convolution in cuDNN's words. Its padding is the same on both sides, since cuDNN has no other.
 */
final class DnnDescriptors implements AutoCloseable {
  private static final int NHWC = cudnnTensorFormat.CUDNN_TENSOR_NHWC;

  private final cudnnTensorDescriptor x = new cudnnTensorDescriptor();
  private final cudnnTensorDescriptor y = new cudnnTensorDescriptor();
  private final cudnnFilterDescriptor w = new cudnnFilterDescriptor();
  private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();

  /**
   * @param mathType whether inputs may be rounded for tensor cores: a {@code cudnnMathType}
   */
  DnnDescriptors(Conv2dGeometry g, DType type, int mathType) {
    check(JCudnn.cudnnCreateTensorDescriptor(x), "cudnnCreateTensorDescriptor");
    check(JCudnn.cudnnCreateTensorDescriptor(y), "cudnnCreateTensorDescriptor");
    check(JCudnn.cudnnCreateFilterDescriptor(w), "cudnnCreateFilterDescriptor");
    check(JCudnn.cudnnCreateConvolutionDescriptor(convolution), "cudnnCreateConvolutionDescriptor");
    try {
      describe(g, dataType(type));
      mathType(mathType);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void describe(Conv2dGeometry g, int type) {
    check(
        JCudnn.cudnnSetTensor4dDescriptor(
            x, NHWC, type, g.batch(), g.inChannels(), g.inHeight(), g.inWidth()),
        "cudnnSetTensor4dDescriptor of the input of " + g);
    check(
        JCudnn.cudnnSetTensor4dDescriptor(
            y, NHWC, type, g.batch(), g.outChannels(), g.outHeight(), g.outWidth()),
        "cudnnSetTensor4dDescriptor of the output of " + g);
    check(
        JCudnn.cudnnSetFilter4dDescriptor(
            w, type, NHWC, g.outChannels(), g.inChannels(), g.kernelHeight(), g.kernelWidth()),
        "cudnnSetFilter4dDescriptor of " + g);
    check(
        JCudnn.cudnnSetConvolution2dDescriptor(
            convolution,
            g.padTop(),
            g.padLeft(),
            g.strideHeight(),
            g.strideWidth(),
            1,
            1,
            cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
            cudnnDataType.CUDNN_DATA_FLOAT),
        "cudnnSetConvolution2dDescriptor of " + g);
  }

  private static int dataType(DType type) {
    return type == DType.BF16 ? cudnnDataType.CUDNN_DATA_BFLOAT16 : cudnnDataType.CUDNN_DATA_FLOAT;
  }

  void mathType(int mathType) {
    check(JCudnn.cudnnSetConvolutionMathType(convolution, mathType), "cudnnSetConvolutionMathType");
  }

  cudnnTensorDescriptor x() {
    return x;
  }

  cudnnTensorDescriptor y() {
    return y;
  }

  cudnnFilterDescriptor w() {
    return w;
  }

  cudnnConvolutionDescriptor convolution() {
    return convolution;
  }

  @Override
  public void close() {
    JCudnn.cudnnDestroyConvolutionDescriptor(convolution);
    JCudnn.cudnnDestroyFilterDescriptor(w);
    JCudnn.cudnnDestroyTensorDescriptor(y);
    JCudnn.cudnnDestroyTensorDescriptor(x);
  }
}
