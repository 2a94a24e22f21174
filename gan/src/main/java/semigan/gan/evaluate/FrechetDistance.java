package semigan.gan.evaluate;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * The Fréchet distance between normal distributions fitted to two sets of features: {@code |m1 -
 * m2|^2 + trace(S1 + S2 - 2 (S1 S2)^(1/2))}; Heusel et al. 2017, <a
 * href="https://arxiv.org/abs/1706.08500">arXiv:1706.08500</a>. Fewer images give a larger
 * distance, so that only distances of as many images compare.
 */
public final class FrechetDistance {
  private FrechetDistance() {}

  /** Whether sets of so many images have covariances of full rank. */
  public static boolean isDefined(int images, int width) {
    return images > width;
  }

  /**
   * @return at least 0, in squared units of the features
   * @throws IllegalArgumentException if either set has too few images for its covariance
   */
  public static double of(Features real, Features generated) {
    Features.requireComparable("FID", real, generated, 1);
    requireDefined("real", real);
    requireDefined("generated", generated);
    double[] mean = mean(real);
    double[] otherMean = mean(generated);
    DMatrixRMaj covariance = covariance(real, mean);
    DMatrixRMaj otherCovariance = covariance(generated, otherMean);
    double distance = CommonOps_DDRM.trace(covariance) + CommonOps_DDRM.trace(otherCovariance);
    for (int k = 0; k < mean.length; k++) {
      distance += (mean[k] - otherMean[k]) * (mean[k] - otherMean[k]);
    }
    return Math.max(0, distance - 2 * traceOfRootOfProduct(covariance, otherCovariance));
  }

  private static void requireDefined(String which, Features set) {
    if (!isDefined(set.count(), set.width())) {
      throw new IllegalArgumentException(
          "FID: %d %s images, expected more than %d, the length of their features; KID takes fewer"
              .formatted(set.count(), which, set.width()));
    }
  }

  private static double[] mean(Features set) {
    double[] mean = new double[set.width()];
    for (int i = 0; i < set.values().length; i++) {
      mean[i % set.width()] += set.values()[i];
    }
    for (int k = 0; k < mean.length; k++) {
      mean[k] /= set.count();
    }
    return mean;
  }

  private static DMatrixRMaj covariance(Features set, double[] mean) {
    int width = set.width();
    double[] sums = new double[width * width];
    double[] centred = new double[width];
    for (int i = 0; i < set.count(); i++) {
      for (int k = 0; k < width; k++) {
        centred[k] = set.values()[i * width + k] - mean[k];
      }
      for (int k = 0; k < width; k++) {
        for (int l = 0; l < width; l++) {
          sums[k * width + l] += centred[k] * centred[l];
        }
      }
    }
    DMatrixRMaj covariance = DMatrixRMaj.wrap(width, width, sums);
    CommonOps_DDRM.divide(covariance, set.count() - 1);
    return covariance;
  }

  /** The eigenvalues of {@code A B} are those of {@code A^(1/2) B A^(1/2)}, which is symmetric. */
  private static double traceOfRootOfProduct(DMatrixRMaj a, DMatrixRMaj b) {
    DMatrixRMaj root = root(a);
    DMatrixRMaj left = new DMatrixRMaj(a.numRows, a.numCols);
    DMatrixRMaj product = new DMatrixRMaj(a.numRows, a.numCols);
    CommonOps_DDRM.mult(root, b, left);
    CommonOps_DDRM.mult(left, root, product);
    EigenDecomposition_F64<DMatrixRMaj> eigen = decompose(product, false);
    double trace = 0;
    for (int k = 0; k < a.numRows; k++) {
      trace += rootOf(eigen, k);
    }
    return trace;
  }

  private static DMatrixRMaj root(DMatrixRMaj symmetric) {
    EigenDecomposition_F64<DMatrixRMaj> eigen = decompose(symmetric, true);
    DMatrixRMaj root = new DMatrixRMaj(symmetric.numRows, symmetric.numCols);
    for (int k = 0; k < symmetric.numRows; k++) {
      DMatrixRMaj vector = eigen.getEigenVector(k);
      CommonOps_DDRM.multAddTransB(rootOf(eigen, k), vector, vector, root);
    }
    return root;
  }

  /** Rounding leaves some that should be 0 a little below it. */
  private static double rootOf(EigenDecomposition_F64<DMatrixRMaj> eigen, int k) {
    return Math.sqrt(Math.max(0, eigen.getEigenvalue(k).getReal()));
  }

  private static EigenDecomposition_F64<DMatrixRMaj> decompose(
      DMatrixRMaj symmetric, boolean vectors) {
    for (int k = 0; k < symmetric.numRows; k++) {
      for (int l = 0; l < k; l++) {
        double middle = (symmetric.get(k, l) + symmetric.get(l, k)) / 2;
        symmetric.set(k, l, middle);
        symmetric.set(l, k, middle);
      }
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen =
        DecompositionFactory_DDRM.eig(symmetric.numRows, vectors, true);
    if (!eigen.decompose(symmetric.copy())) {
      throw new ArithmeticException("FID: the covariance's eigenvalues did not converge");
    }
    return eigen;
  }
}
