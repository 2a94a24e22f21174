package semigan.gan.store;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A run's measurements and pictures for TensorBoard: a file of <a
 * href="https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details">TFRecords
 * </a>, each an <a
 * href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto">
 * Event</a>. A run that goes on begins another file beside the earlier ones, which are not touched:
 * TensorBoard reads them in the order of their names, passes over a record that a crash cut short,
 * and forgets the steps that are done again.
 */
public final class EventFile implements Closeable {
  private static final String PREFIX = "events.out.tfevents.";

  /** In this version a session's start says which earlier steps no longer hold. */
  private static final String VERSION = "brain.Event:2";

  private static final int SESSION_START = 1;

  /** Where a PNG's header has its width and height, both big-endian, and its type of colour. */
  private static final int PNG_SIZE = 16;

  private static final int PNG_COLOUR = 25;
  private static final int GREY = 1;
  private static final int RGB = 3;

  private final AppendedFile file;

  private EventFile(AppendedFile file) {
    this.file = file;
  }

  /**
   * Begins a new file in {@code folder}; its name sorts behind those that are there.
   *
   * @param firstStep the first that will be written: what earlier files have of it and of later
   *     steps counts no more
   * @throws StoreException if it cannot be made
   */
  public static EventFile create(Path folder, long firstStep) {
    long second = Math.max(System.currentTimeMillis() / 1000, newest(folder) + 1);
    Path path = folder.resolve(PREFIX + String.format(Locale.ROOT, "%010d.semigan", second));
    EventFile events = new EventFile(new AppendedFile(path, StandardOpenOption.CREATE_NEW));
    events.append(event(0).text(3, VERSION));
    events.append(event(firstStep).message(7, new Message().number(1, SESSION_START)));
    return events;
  }

  /** The latest time in a file's name, in seconds; 0 without any. */
  private static long newest(Path folder) {
    long newest = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path file : files) {
        String time = file.getFileName().toString().substring(PREFIX.length()).split("\\.")[0];
        if (time.matches("\\d{1,10}")) {
          newest = Math.max(newest, Long.parseLong(time));
        }
      }
    } catch (IOException e) {
      throw new StoreException(
          "%s: cannot be listed: %s".formatted(folder, StoreException.reason(e)), e);
    }
    return newest;
  }

  /**
   * Adds one number for each tag; tags such as {@code loss/real} and {@code loss/fake} are shown
   * together.
   *
   * @throws StoreException if they cannot be written; what was there before is intact
   */
  public void scalars(long step, Map<String, ? extends Number> values) {
    Message summary = new Message();
    values.forEach(
        (tag, value) ->
            summary.message(1, new Message().text(1, tag).float32(2, value.floatValue())));
    append(event(step).message(5, summary));
  }

  /**
   * Adds a picture.
   *
   * @param png the bytes of a PNG file, in grey or colour without transparency
   * @throws StoreException as {@link #scalars}
   */
  public void image(long step, String tag, byte[] png) {
    ByteBuffer header = ByteBuffer.wrap(png);
    Message image =
        new Message()
            .number(1, header.getInt(PNG_SIZE + Integer.BYTES))
            .number(2, header.getInt(PNG_SIZE))
            .number(3, header.get(PNG_COLOUR) == 0 ? GREY : RGB)
            .bytes(4, png);
    Message value = new Message().text(1, tag).message(4, image);
    append(event(step).message(5, new Message().message(1, value)));
  }

  @Override
  public void close() {
    file.close();
  }

  private static Message event(long step) {
    return new Message().float64(1, System.currentTimeMillis() / 1e3).number(2, step);
  }

  /** Layout: length (8 bytes), its checksum (4), the event, its checksum (4); little-endian. */
  private void append(Message event) {
    byte[] bytes = event.bytes();
    ByteBuffer record =
        ByteBuffer.allocate(bytes.length + 2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(bytes.length).putInt(checksum(record.array(), Long.BYTES));
    record.put(bytes).putInt(checksum(bytes, bytes.length));
    file.append(record.array());
  }

  /** The format rotates a CRC and adds to it, so that one may be taken of data that holds CRCs. */
  private static int checksum(byte[] bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, count);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  /**
   * A message in the wire format of <a href="https://protobuf.dev/programming-guides/encoding/">
   * protocol buffers</a>.
   */
  private static final class Message {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      key(field, VARINT);
      varint(value);
      return this;
    }

    Message float64(int field, double value) {
      key(field, FIXED64);
      out.writeBytes(little(Double.BYTES).putDouble(value).array());
      return this;
    }

    Message float32(int field, float value) {
      key(field, FIXED32);
      out.writeBytes(little(Float.BYTES).putFloat(value).array());
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes());
    }

    Message bytes(int field, byte[] value) {
      key(field, DELIMITED);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void key(int field, int type) {
      varint((long) field << 3 | type);
    }

    /** Seven bits a byte, the lowest first; the eighth says that more follow. */
    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    private static ByteBuffer little(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
