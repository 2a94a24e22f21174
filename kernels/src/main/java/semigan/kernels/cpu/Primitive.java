package semigan.kernels.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** One oneDNN primitive and its arguments, built once and run many times on other data. */
final class Primitive implements AutoCloseable {
  /**
   * An argument of a primitive.
   *
   * @param role {@code DNNL_ARG_...}
   * @param layout its memory descriptor
   * @param place which of a plan's operands or temporaries it is
   * @param offset bytes from its start to where the argument begins
   */
  record Argument(int role, dnnl_memory_desc layout, int place, long offset) {}

  private final OneDnn library;
  private final dnnl_primitive handle = new dnnl_primitive();
  private final dnnl_memory[] memories;
  private final long[] addresses;
  private final int[] places;
  private final long[] offsets;
  private final dnnl_exec_arg_t arguments;
  private final NativeMemory.Address address = new NativeMemory.Address();

  Primitive(OneDnn library, dnnl_primitive_desc descriptor, Argument... arguments) {
    this.library = library;
    OneDnn.check(dnnl_primitive_create(handle, descriptor), "creating a primitive");
    int count = arguments.length;
    memories = new dnnl_memory[count];
    addresses = new long[count];
    places = new int[count];
    offsets = new long[count];
    this.arguments = new dnnl_exec_arg_t(count);
    try {
      for (int i = 0; i < count; i++) {
        describe(i, arguments[i]);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    this.arguments.position(0);
  }

  private void describe(int index, Argument argument) {
    memories[index] = new dnnl_memory();
    places[index] = argument.place();
    offsets[index] = argument.offset();
    // A null pointer means "no memory yet"; the address comes with each run.
    OneDnn.check(
        dnnl_memory_create(memories[index], argument.layout(), library.engine(), address.at(0)),
        "describing an argument");
    arguments.position(index).arg(argument.role()).memory(memories[index]);
  }

  int size() {
    return places.length;
  }

  int place(int argument) {
    return places[argument];
  }

  /** Aims an argument at its place, which begins at an address. */
  void bind(int argument, long start) {
    long target = start + offsets[argument];
    // The allocator hands out the same few addresses again and again.
    if (addresses[argument] != target) {
      OneDnn.check(
          dnnl_memory_set_data_handle(memories[argument], address.at(target)), "an argument");
      addresses[argument] = target;
    }
  }

  void run() {
    OneDnn.check(
        dnnl_primitive_execute(handle, library.stream(), places.length, arguments),
        "running a primitive");
  }

  @Override
  public void close() {
    dnnl_primitive_destroy(handle);
    for (dnnl_memory memory : memories) {
      dnnl_memory_destroy(memory); // null where the constructor failed: nothing to do
    }
    arguments.deallocate();
  }
}
