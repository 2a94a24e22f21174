package semigan.gan.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Small data and models that the tests of the command line share; each is made once. */
final class Samples {
  private static final Path ROOT = makeRoot();
  private static Path shapes;
  private static Path model;

  private Samples() {}

  /** Two classes, bars and discs: 20 images of 16x16 of each to train on and 10 to test. */
  static synchronized Path shapes() {
    if (shapes == null) {
      shapes = writeShapes(ROOT.resolve("shapes"), 20);
    }
    return shapes;
  }

  /**
   * The folder of a run that learnt {@link #shapes} for 30 steps, until its images differ, with a
   * checkpoint every third. Not to be changed; see {@link #copy}.
   */
  static synchronized Path model() {
    if (model == null) {
      GanJar.in(ROOT).run(train(shapes(), 30, "--name", "model", "--baseline")).done();
      model = ROOT.resolve("runs/model");
    }
    return model;
  }

  /** The arguments of training a model as small as can be on {@code data} with four labels. */
  static String[] train(Path data, int steps, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train", "--data", data.toString()));
    arguments.addAll(List.of("--labels", "4", "--steps", Integer.toString(steps)));
    arguments.addAll(List.of("--filters", "4", "--batch", "8"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** The same images, of which the bars are called {@code z_bars}. */
  static Path renamedShapes(Path folder) throws IOException {
    writeShapes(folder, 20);
    for (String side : new String[] {"train", "test"}) {
      Path bars = folder.resolve(side).resolve("bars");
      Files.move(bars, bars.resolveSibling("z_bars"));
    }
    return folder;
  }

  /** Draws {@code each} training images of a class and 10 test images. */
  static Path writeShapes(Path folder, int each) {
    return writeShapes(folder, each, 10);
  }

  /** Draws {@code each} training images of a class and {@code tests} test images. */
  static Path writeShapes(Path folder, int each, int tests) {
    try {
      for (int i = 0; i < each + tests; i++) {
        String side = i < each ? "train" : "test";
        Path bars = Files.createDirectories(folder.resolve(side).resolve("bars"));
        Path discs = Files.createDirectories(folder.resolve(side).resolve("discs"));
        writePng(bars.resolve(i + ".png"), g -> g.fillRect(2, 2, 3, 12), i);
        writePng(discs.resolve(i + ".png"), g -> g.fillOval(3, 3, 9, 9), i);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  private interface Drawing {
    void draw(Graphics2D graphics);
  }

  private static void writePng(Path file, Drawing drawing, int number) throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(155 + 3 * number % 100, 155 + 3 * number % 100, 200));
    graphics.translate(number % 3, number % 2);
    drawing.draw(graphics);
    graphics.dispose();
    ImageIO.write(image, "png", file.toFile());
  }

  /** Four files as MNIST has them: 40 images of 28x28 to train on and 20 to test. */
  static Path writeIdx(Path folder) throws IOException {
    Files.createDirectories(folder);
    writeIdx(folder, "train", 40);
    writeIdx(folder, "t10k", 20);
    return folder;
  }

  private static void writeIdx(Path folder, String side, int count) throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + count * 28 * 28);
    images.putInt(0x803).putInt(count).putInt(28).putInt(28);
    ByteBuffer labels = ByteBuffer.allocate(8 + count);
    labels.putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      labels.put((byte) (i % 10));
    }
    Files.write(folder.resolve(side + "-images-idx3-ubyte"), images.array());
    Files.write(folder.resolve(side + "-labels-idx1-ubyte"), labels.array());
  }

  /** A PNG of which only the header is there, claiming this size. */
  static Path writePngHeader(Path file, int width, int height) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(17);
    header.put(new byte[] {'I', 'H', 'D', 'R'});
    header.putInt(width).putInt(height).put(new byte[] {8, 0, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.array());
    ByteBuffer png = ByteBuffer.allocate(8 + 4 + 17 + 4);
    png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    png.putInt(13).put(header.array()).putInt((int) crc.getValue());
    return Files.write(file, png.array());
  }

  /** Copies a run, to go on with or to damage. */
  static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  /** A checksum of every file but the log, which also tells of failures. */
  static Map<String, Long> checksums(Path folder) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        CRC32 crc = new CRC32();
        if (Files.size(file) > 0) { // closing a lock, which is empty, would end it for this process
          crc.update(Files.readAllBytes(file));
        }
        sums.put(folder.relativize(file).toString(), crc.getValue());
      }
    }
    sums.remove("log.txt");
    return sums;
  }

  private static Path makeRoot() {
    try {
      Path root = Files.createTempDirectory("gan-samples");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(root)));
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A folder with all that is in it. */
  static void delete(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
