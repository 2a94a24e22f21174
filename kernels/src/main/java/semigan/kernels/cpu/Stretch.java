package semigan.kernels.cpu;

/** Neighbouring elements of an axis, which one thread does. */
record Stretch(long from, long count) {}
