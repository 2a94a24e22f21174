package semigan.gan.data;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Endless shuffled batches, prepared ahead on a thread of its own. Batch k of a run is a pure
 * function of (data set, indices, batch size, augmentation, mixup, seed, k): a run that begins at
 * any batch sees what an unbroken run sees from there. The thread is a daemon; {@link #close()}
 * stops it.
 *
 * <p>{@link #next()} is for one thread.
 */
public final class BatchLoader implements AutoCloseable {
  /** Batches that wait, besides the one being prepared and the one being used. */
  private static final int AHEAD = 2;

  private static final int SLOTS = AHEAD + 2;

  /** What passes between the threads: a batch, or why there are no more. */
  private record Item(Batch batch, Throwable failure) {}

  private final ImageDataset data;
  private final BatchOrder order;
  private final int batchSize;
  private final long seed;
  private final Augmentation augmentation;
  private final float mixup;
  private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(SLOTS);
  // One place more, so that the last item, a failure, never waits.
  private final BlockingQueue<Item> ready = new ArrayBlockingQueue<>(SLOTS + 1);
  private final Thread thread;
  private Batch used;
  private Throwable failure;
  private volatile boolean closed;

  /**
   * Starts to prepare batches.
   *
   * @param data where the images come from
   * @param indices the images to go through, each once an epoch; fewer than a batch is fine
   * @param batchSize images in a batch
   * @param seed of the order and the augmentation
   * @param firstBatch the index of the first batch: 0, or where an earlier run stopped
   * @param augmentation or null for the images as they are
   * @param mixup strength of {@link Mixup}, from 0 for none to 1
   */
  public BatchLoader(
      ImageDataset data,
      int[] indices,
      int batchSize,
      long seed,
      long firstBatch,
      Augmentation augmentation,
      float mixup) {
    check(data, indices, batchSize, firstBatch);
    if (!(mixup >= 0 && mixup <= 1)) {
      throw new IllegalArgumentException("mixup is %s, expected 0 to 1".formatted(mixup));
    }
    this.data = data;
    this.order = new BatchOrder(indices, seed);
    this.batchSize = batchSize;
    this.seed = seed;
    this.augmentation = augmentation;
    this.mixup = mixup;
    for (int i = 0; i < SLOTS; i++) {
      free.add(new Batch(new float[batchSize * data.imageLength()], new int[batchSize], -1));
    }
    thread = new Thread(() -> prepare(firstBatch), "batches of " + data.name());
    thread.setDaemon(true);
    thread.start();
  }

  /** Without mixup. */
  public BatchLoader(
      ImageDataset data,
      int[] indices,
      int batchSize,
      long seed,
      long firstBatch,
      Augmentation augmentation) {
    this(data, indices, batchSize, seed, firstBatch, augmentation, 0);
  }

  private static void check(ImageDataset data, int[] indices, int batchSize, long firstBatch) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("no indices into " + data.name() + ", expected 1 or more");
    }
    long most = Integer.MAX_VALUE / data.imageLength();
    if (batchSize < 1 || batchSize > most) {
      throw new IllegalArgumentException(
          "batch size is %d, expected 1 to %d".formatted(batchSize, most));
    }
    if (firstBatch < 0 || firstBatch > Long.MAX_VALUE / batchSize / 2) {
      throw new IllegalArgumentException(
          "first batch is %d, expected 0 or more".formatted(firstBatch));
    }
    for (int index : indices) {
      if (index < 0 || index >= data.size()) {
        throw new IllegalArgumentException(
            "index %d, expected 0 to %d, the images of %s"
                .formatted(index, data.size() - 1, data.name()));
      }
    }
  }

  /**
   * Waits for the next batch. The arrays of the batch before it are used again from now on.
   *
   * @throws DataException if it could not be prepared, with the reason as its cause
   * @throws IllegalStateException if the loader is closed, or the waiting thread interrupted
   */
  public Batch next() {
    if (used != null) {
      free.add(used);
      used = null;
    }
    if (failure == null && !closed) {
      Item item = take();
      used = item.batch;
      failure = item.failure;
    }
    if (closed) {
      throw new IllegalStateException("the loader of " + data.name() + " is closed");
    }
    if (failure != null) {
      throw new DataException(
          "a batch of %s could not be prepared: %s".formatted(data.name(), failure), failure);
    }
    return used;
  }

  private Item take() {
    try {
      return ready.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + data.name(), e);
    }
  }

  private void prepare(long firstBatch) {
    Throwable end = null;
    try {
      for (long index = firstBatch; !closed; index++) {
        Batch slot = free.take();
        ready.add(new Item(fill(slot, index), null));
      }
    } catch (Throwable e) {
      // Even an Error belongs to the thread that trains; an interrupt means that we were closed.
      end = e;
    }
    ready.add(new Item(null, end));
  }

  private Batch fill(Batch slot, long index) {
    for (int i = 0; i < batchSize && !closed; i++) {
      int image = order.at(index * batchSize + i);
      int offset = i * data.imageLength();
      data.read(image, slot.images(), offset);
      slot.labels()[i] = data.label(image);
      if (augmentation != null) {
        augmentation.apply(slot.images(), offset, data, seed, index, i);
      }
    }
    Mixup drawn = null;
    if (mixup > 0) {
      drawn = Mixup.draw(mixup, batchSize, seed, index);
      drawn.blend(slot.images());
    }
    return new Batch(slot.images(), slot.labels(), index, drawn);
  }

  /** Stops the thread and waits for it, at most for the image that it is reading. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
