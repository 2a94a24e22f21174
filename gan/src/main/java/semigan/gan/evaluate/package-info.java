/**
 * Measures of a trained model. Distances between images are taken in the features of a frozen
 * classifier that this project trains itself, and so are no Inception scores.
 */
package semigan.gan.evaluate;
