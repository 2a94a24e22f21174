package semigan.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import semigan.kernels.Conv2dGeometry;

class CudaConvStagingTest {
  @Test
  void evenPaddingStaysAsItIs() {
    Conv2dGeometry even = geometry(8, 4, 2, 1, 1);
    assertSame(even, CudaConvStaging.withEvenPadding(even));
  }

  /** Windows of 3 with stride 2 begin at -1, 1, 3 and 5 and end at 8, the last row but one. */
  @Test
  void paddingThatNoWindowReachesIsChangedToSuit() {
    Conv2dGeometry even = CudaConvStaging.withEvenPadding(geometry(9, 4, 2, 1, 0));
    assertEquals(geometry(9, 4, 2, 1, 1), even);
    assertEquals(geometry(9, 4, 2, 1, 0).outHeight(), even.outHeight());
  }

  @Test
  void paddingThatChangesTheOutputIsNotChanged() {
    assertNull(CudaConvStaging.withEvenPadding(geometry(8, 4, 2, 0, 2)));
    assertNull(CudaConvStaging.withEvenPadding(geometry(8, 4, 1, 2, 1)));
  }

  /** The image is smaller than the filter but for the padding below. */
  @Test
  void paddingThatTheFilterNeedsIsNotChanged() {
    assertNull(CudaConvStaging.withEvenPadding(geometry(2, 4, 1, 0, 2)));
  }

  private static Conv2dGeometry geometry(int height, int kernel, int stride, int top, int bottom) {
    return new Conv2dGeometry(
        2, height, height, 3, 5, kernel, kernel, stride, stride, top, top, bottom, bottom);
  }
}
