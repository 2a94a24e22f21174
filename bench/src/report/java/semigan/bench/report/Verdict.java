package semigan.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What is wrong in a report. Slow is not wrong; a process that fails is. */
final class Verdict {
  private Verdict() {}

  /** One line each; none if all is right. */
  static List<String> of(JsonNode report) {
    List<String> wrong = new ArrayList<>();
    JsonNode device = report.path("device");
    if (!device.isMissingNode() && !device.path("works").asBoolean()) {
      wrong.add("no working device: " + device.path("description").asText("doctor named none"));
    }
    if (report.has("tests") && report.path("tests").isEmpty()) {
      wrong.add("no test was found");
    }
    for (JsonNode tests : report.path("tests")) {
      String name = tests.path("end").asText();
      if (tests.path("crashed").asBoolean()) {
        wrong.add(name + ": the process died in it");
      }
      for (JsonNode failure : tests.path("failures")) {
        wrong.add(failure.path("test").asText());
      }
    }
    JsonNode reference = report.path("trace").path("reference");
    if (!reference.isMissingNode() && !reference.path("passed").asBoolean()) {
      wrong.add("ten steps do not have the losses of the reference");
    }
    for (JsonNode bits : report.path("trace").path("bits")) {
      if (!bits.path("equal").asBoolean()) {
        wrong.add(
            "a graph's steps are not those of eager calls: %s, batch %d, width %d"
                .formatted(
                    bits.path("mode").asText(),
                    bits.path("batch").asInt(),
                    bits.path("width").asInt()));
      }
    }
    for (JsonNode row : report.path("steps")) {
      if (row.has("error") && row.path("peer").asText().equals("ours")) {
        wrong.add(
            "%s %s, batch %d: %s"
                .formatted(
                    row.path("peer").asText(),
                    row.path("mode").asText(),
                    row.path("batch").asInt(),
                    row.path("error").asText()));
      }
    }
    for (JsonNode row : report.path("kernels")) {
      if (row.has("error")) {
        wrong.add(row.path("error").asText());
      }
    }
    return wrong;
  }
}
