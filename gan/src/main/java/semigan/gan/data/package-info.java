/**
 * Images and how they reach training: {@link semigan.gan.data.DataSets} finds and opens a data set,
 * {@link semigan.gan.data.LabelSplit} chooses the few labelled images, {@link
 * semigan.gan.data.BatchLoader} prepares batches ahead. Everything random is a pure function of a
 * seed and an index, so a run can go on from any step.
 */
package semigan.gan.data;
