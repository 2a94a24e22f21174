/**
 * What a run leaves on disk: its folder, metrics and settings, each file whole or as it was before.
 */
package semigan.gan.store;
