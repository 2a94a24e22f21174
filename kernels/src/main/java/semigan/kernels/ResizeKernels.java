package semigan.kernels;

/** Resizing NHWC images. */
public interface ResizeKernels {
  void forward(ResizeGeometry geometry, ResizeGeometry.Method method, Buffer x, Buffer y);

  void backward(ResizeGeometry geometry, ResizeGeometry.Method method, Buffer dy, Buffer dx);
}
