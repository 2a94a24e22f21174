package semigan.kernels;

/**
 * One thing that a backend needs of a machine, and what there is of it.
 *
 * @param name of what is needed: {@code cuDNN}
 * @param met whether what was found will do
 * @param expected what is needed of it
 * @param found its version, or what is wrong
 * @param where its file or folder; empty where there is none
 * @param mend what the user can do; empty where nothing is wrong
 */
public record Requirement(
    String name, boolean met, String expected, String found, String where, String mend) {}
