package semigan.gan.store;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.hadoop.util.TFRecordReader;
import org.tensorflow.proto.Event;

/** Event files through TensorFlow's own reader of records, and its own messages. */
public final class EventReader {
  private EventReader() {}

  /** The event files of {@code folder}, in the order in which TensorBoard reads them. */
  public static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains("tfevents"))
          .sorted()
          .toList();
    }
  }

  /** All whole events; fails where a checksum does not hold. */
  public static List<Event> read(Path file) throws IOException {
    var reader = new TFRecordReader(new ByteArrayInputStream(Files.readAllBytes(file)), true);
    var events = new ArrayList<Event>();
    try {
      for (byte[] record = reader.read(); record != null; record = reader.read()) {
        events.add(Event.parseFrom(record));
      }
    } catch (EOFException cutShort) {
      return events;
    }
    return events;
  }
}
