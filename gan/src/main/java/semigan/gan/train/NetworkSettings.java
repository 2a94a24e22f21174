package semigan.gan.train;

import semigan.gan.model.Architecture;

/**
 * What is trained.
 *
 * @param architecture of both networks
 * @param filters width of convolutional networks: channels of the layers nearest to the image
 * @param latent length of the generator's input; 0 trains a classifier without a generator
 */
public record NetworkSettings(Architecture architecture, int filters, int latent) {
  public NetworkSettings {
    Limits.positive("filters", filters);
    Limits.notNegative("latent", latent);
  }
}
