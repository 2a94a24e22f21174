package semigan.kernels.reference;

import semigan.kernels.Buffer;
import semigan.kernels.CopyKernels;
import semigan.kernels.StridedCopy;

final class ReferenceCopy implements CopyKernels {
  @Override
  public void strided(StridedCopy g, Buffer source, Buffer target) {
    var from = ReferenceBuffer.of(source);
    var to = ReferenceBuffer.of(target);
    long length = Strides.length(g.sizes());
    for (long i = 0; i < length; i++) {
      long at = g.targetOffset() + Strides.position(i, g.sizes(), g.targetStrides());
      to.set(at, from.get(g.sourceOffset() + Strides.position(i, g.sizes(), g.sourceStrides())));
    }
  }

  @Override
  public void convert(Buffer source, Buffer target) {
    var from = ReferenceBuffer.of(source);
    var to = ReferenceBuffer.of(target);
    for (long i = 0; i < to.length(); i++) {
      to.set(i, from.get(i));
    }
  }

  @Override
  public void gather(long rows, int columns, Buffer x, Buffer labels, Buffer y) {
    var input = ReferenceBuffer.of(x);
    var output = ReferenceBuffer.of(y);
    for (long row = 0; row < rows; row++) {
      output.set(row, input.get(row * columns + label(labels, row, columns)));
    }
  }

  @Override
  public void gatherBackward(long rows, int columns, Buffer dy, Buffer labels, Buffer dx) {
    var upstream = ReferenceBuffer.of(dy);
    var gradient = ReferenceBuffer.of(dx);
    for (long row = 0; row < rows; row++) {
      int label = label(labels, row, columns);
      for (int column = 0; column < columns; column++) {
        gradient.set(row * columns + column, column == label ? upstream.get(row) : 0);
      }
    }
  }

  private static int label(Buffer labels, long row, int columns) {
    int label = (int) ReferenceBuffer.of(labels).get(row);
    CopyKernels.requireLabel(row, label, columns);
    return label;
  }
}
