/** The same training over several seeds, and what its results say together. */
package semigan.gan.study;
