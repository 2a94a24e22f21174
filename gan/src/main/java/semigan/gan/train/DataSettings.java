package semigan.gan.train;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a run learns from.
 *
 * @param data name of a data set, or a directory
 * @param dataDir where to look for it first, or null
 * @param labels how many training images keep their label, as many of each class; 0 for none
 * @param heldOut training images that are kept out of training, as many of each class, to measure
 *     on; 0 measures on the test images
 * @param size height and width that images of a folder are brought to, and of the canvas
 * @param shift augmentation: moves training images by up to so many pixels each way
 * @param flip augmentation: mirrors every other training image, left to right
 * @param distortion augmentation of labelled images, and of those that a consistency term compares:
 *     how far they are turned, scaled, sheared, moved and bent, from 0 to 1
 * @param mixup augmentation of labelled images: how much they are blended with one another, from 0
 *     to 1; see {@link semigan.gan.data.Mixup}
 * @param teacher folders of finished runs with the same labels, whose classifiers a consistency
 *     term asks, or of studies that have one for each seed; none for the running average
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
    float mixup,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> teacher,
    float teacherDistortion,
    Set<DiffAugment> augment) {
  public DataSettings {
    Set<DiffAugment> ordered = EnumSet.noneOf(DiffAugment.class);
    ordered.addAll(augment);
    augment = Collections.unmodifiableSet(ordered);
    teacher = teacher == null ? List.of() : List.copyOf(teacher); // null as in older files
    Limits.notNegative("labels", labels);
    Limits.notNegative("heldOut", heldOut);
    Limits.notNegative("shift", shift);
    Limits.share("distortion", distortion);
    Limits.share("mixup", mixup);
    Limits.share("teacherDistortion", teacherDistortion);
  }

  DataSettings withTeachers(List<Path> folders) {
    return new DataSettings(
        data,
        dataDir,
        labels,
        heldOut,
        size,
        shift,
        flip,
        distortion,
        mixup,
        folders.stream().map(Path::toString).toList(),
        teacherDistortion,
        augment);
  }
}
