package semigan.gan.train;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a run learns from.
 *
 * @param data name of a data set, or a directory
 * @param dataDir where to look for it first, or null
 * @param labels how many training images keep their label, as many of each class; 0 for none
 * @param heldOut training images that are kept out of training, as many of each class, to measure
 *     on while it goes on; 0 measures on the test images
 * @param size height and width that images of a folder are brought to, and of the canvas
 * @param shift augmentation: moves training images by up to so many pixels each way
 * @param flip augmentation: mirrors every other training image, left to right
 * @param distortion augmentation of labelled images, and of those that a consistency term compares:
 *     how far they are turned, scaled, sheared, moved and bent, from 0 to 1
 * @param teacher folder of a finished run with the same labels, whose classifier a consistency term
 *     asks, or of a study that has one for each seed; null for the running average
 * @param teacherDistortion as much for what the teacher of a consistency term sees, drawn
 *     independently
 * @param augment what is changed in real and generated images before the discriminator sees them
 */
public record DataSettings(
    String data,
    String dataDir,
    int labels,
    int heldOut,
    int size,
    int shift,
    boolean flip,
    float distortion,
    String teacher,
    float teacherDistortion,
    Set<DiffAugment> augment) {
  public DataSettings {
    Set<DiffAugment> ordered = EnumSet.noneOf(DiffAugment.class);
    ordered.addAll(augment);
    augment = Collections.unmodifiableSet(ordered);
    Limits.notNegative("labels", labels);
    Limits.notNegative("heldOut", heldOut);
    Limits.notNegative("shift", shift);
    Limits.share("distortion", distortion);
    Limits.share("teacherDistortion", teacherDistortion);
  }

  DataSettings withTeacher(String other) {
    return new DataSettings(
        data,
        dataDir,
        labels,
        heldOut,
        size,
        shift,
        flip,
        distortion,
        other,
        teacherDistortion,
        augment);
  }
}
