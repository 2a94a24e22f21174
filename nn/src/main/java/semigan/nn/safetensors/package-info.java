/**
 * The safetensors file format, read and written without trust and without haste: a file is checked
 * whole before anything is allocated for it, and replaced only by a file that is complete.
 *
 * <p>Layout: a little-endian u64 header length N, N bytes of JSON padded with spaces, then the
 * tensors' elements, little-endian and row-major, one tensor after the other without gaps. The JSON
 * maps each name to its {@code dtype}, {@code shape} and {@code data_offsets} [begin, end) within
 * the data; {@code __metadata__} maps strings to strings. Source: <a
 * href="https://github.com/huggingface/safetensors#format">the format's description</a>.
 */
package semigan.nn.safetensors;
