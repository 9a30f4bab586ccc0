package io.openmds.kafka;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys in force, kept fresh by one background thread of its own. Whoever reads {@link #current} waits for
 * nothing: not for the disk, not for the server. The last good set stays until a better one is here.
 */
final class JwksSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JwksSource.class);
    /** After a failure the next attempt comes sooner than the interval says, later each time. */
    private static final long FIRST_RETRY_MS = 1_000;
    private static final long LAST_RETRY_MS = 60_000;
    /** A failure that goes on is told again after so long. */
    private static final long REMIND_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final JwksCache cache;
    private final Path file;
    private final URI url;
    private final SSLContext trust;
    private final long refreshMs;
    private final long earlyMs;
    private final FeedKeys feed;
    private final Consumer<byte[]> taker = this::come;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private volatile Jwks current = Jwks.NONE;
    private boolean asked;
    /** What the feed brought last, until the thread has taken it. */
    private byte[] come;
    /** Since the feed brings keys, nobody is asked for them. */
    private boolean isFed;
    private boolean closed;
    private byte[] fetched;
    private String told;
    private long toldAt;

    /**
     * Reads the file, and starts to refresh it; returns at once, whether the server is there or not.
     *
     * @param url where the server publishes its keys; null to look at the file alone
     * @param trust null for what Java trusts anyway
     * @param refreshMs between two looks; each is moved by chance, by up to a tenth
     * @param earlyMs the shortest time between two looks that unknown keys bring about
     * @param feed brings keys too, and from its first ones on nobody is asked; null if the node follows none
     */
    JwksSource(Path file, URI url, SSLContext trust, long refreshMs, long earlyMs, FeedKeys feed) {
        this.file = file;
        this.url = url;
        this.trust = trust;
        this.refreshMs = refreshMs;
        this.earlyMs = earlyMs;
        this.feed = feed;
        cache = new JwksCache(file);
        boolean read = readFile();
        if (!read && url == null && feed == null) {
            LOG.warn("No usable keys in {}: no token is accepted until it holds some", file);
        }
        thread = new Thread(this::refresh, "openmds-jwks");
        thread.setDaemon(true);
        if (feed != null) {
            feed.follow(taker);
        }
        thread.start();
    }

    /** The last good set. */
    Jwks current() {
        return current;
    }

    /** Looks again soon, because a key that is not known was named. Costs the caller nothing. */
    void lookAgain() {
        lock.lock();
        try {
            asked = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** On the thread of the feed. */
    private void come(byte[] jwks) {
        lock.lock();
        try {
            come = jwks;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        if (feed != null) {
            feed.leave(taker);
        }
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }

    private void refresh() {
        JwksEndpoint endpoint = url == null ? null : new JwksEndpoint(url, trust);
        int failures = 0;
        try {
            boolean first = endpoint != null;
            while (first || pause(failures)) {
                first = false;
                try {
                    boolean good = look(endpoint);
                    failures = good ? 0 : Math.min(failures + 1, 16);
                } catch (RuntimeException | Error e) {
                    failures = Math.min(failures + 1, 16);
                    tell("Could not refresh the keys: " + e);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** Waits until it is time; false if there is no more to do. */
    private boolean pause(int failures) throws InterruptedException {
        long delay = failures == 0 ? refreshMs : Math.min(refreshMs, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS << (failures - 1)));
        long now = System.nanoTime();
        long due = now + TimeUnit.MILLISECONDS.toNanos(delay + jitter(delay));
        long early = now + TimeUnit.MILLISECONDS.toNanos(Math.min(delay, earlyMs));
        lock.lock();
        try {
            while (!closed && come == null) {
                long left = (asked ? Math.min(early, due) : due) - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                changed.awaitNanos(left);
            }
            asked = false;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Up to a tenth more or less, so that not all brokers ask at once. */
    private static long jitter(long delay) {
        long tenth = delay / 10;
        return tenth == 0 ? 0 : ThreadLocalRandom.current().nextLong(-tenth, tenth + 1);
    }

    private boolean look(JwksEndpoint endpoint) throws InterruptedException {
        if (takeFed() || isFed) {
            return true;
        }
        if (endpoint == null) {
            return readFile() || !current.isEmpty();
        }
        byte[] bytes;
        Jwks keys;
        try {
            bytes = endpoint.fetch();
            keys = Jwks.parse(bytes);
        } catch (IOException e) {
            readFile();
            tell("No keys from " + url + " (" + reason(e) + "): "
                    + (current.isEmpty() ? "no token is accepted until it answers" : "those known stay in force"));
            return false;
        }
        take(keys, url.toString());
        return keep(bytes);
    }

    /** Keeps them for the next start; true in any case, for they are in force. */
    private boolean keep(byte[] bytes) {
        if (!Arrays.equals(bytes, fetched)) {
            try {
                cache.replace(bytes);
                fetched = bytes;
            } catch (IOException e) {
                tell("The keys are in force, but cannot be kept in " + file + " (" + reason(e)
                        + "): after a restart while the server is away this broker would accept no token");
                return true;
            }
        }
        if (told != null) {
            LOG.info("The keys are fresh again");
            told = null;
        }
        return true;
    }

    /** Takes what the feed brought, if it is good. */
    private boolean takeFed() {
        byte[] bytes;
        lock.lock();
        try {
            bytes = come;
            come = null;
        } finally {
            lock.unlock();
        }
        if (bytes == null) {
            return false;
        }
        try {
            take(Jwks.parse(bytes), "the feed");
            isFed = true;
            keep(bytes);
        } catch (IOException e) {
            tell("The keys that the feed brought are of no use (" + reason(e) + "): those known stay in force");
        }
        return true;
    }

    /** Takes what the file holds, if it is new and good. */
    private boolean readFile() {
        try {
            byte[] bytes = cache.readIfChanged();
            if (bytes == null) {
                return false;
            }
            take(Jwks.parse(bytes), file.toString());
            return true;
        } catch (IOException e) {
            tell("The keys in " + file + " are of no use (" + reason(e) + "): ignored");
            return false;
        }
    }

    private void take(Jwks keys, String from) {
        if (!keys.ids().equals(current.ids())) {
            LOG.info("Keys in force, from {}: {}", from, keys.ids());
        }
        current = keys;
    }

    private void tell(String problem) {
        long now = System.nanoTime();
        if (!problem.equals(told) || now - toldAt > REMIND_NANOS) {
            LOG.warn("{}", problem);
            told = problem;
            toldAt = now;
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null || e.getMessage().isEmpty() ? e.getClass().getSimpleName() : e.getMessage();
    }
}
