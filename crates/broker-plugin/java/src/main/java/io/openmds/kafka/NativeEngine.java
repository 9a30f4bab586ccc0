package io.openmds.kafka;

import java.nio.charset.StandardCharsets;

/**
 * One engine of the native library, known by its handle. Every method may be called from any thread
 * and after {@link #close}; only {@link #drain} belongs to one thread. Codes: {@code
 * spec/native-bridge.md}.
 */
final class NativeEngine implements AutoCloseable {
    /** The version of all layouts that this jar speaks. */
    static final int LAYOUT_VERSION = 6;

    static final int DONE = 0;
    /** Done, and the document discards each of these decisions whoever asks. */
    static final int DISCARDED = 1;
    static final int CLOSED = -1;
    static final int MALFORMED = -2;
    static final int PANICKED = -3;
    static final int REFUSED = -4;
    /** The rules are not known yet, and the principal is no super user. */
    static final int NOT_READY = -5;

    /** Up to so many decisions are bits of the answer of {@link #authorize}; more are bytes of the message. */
    static final int DECISIONS_IN_ANSWER = 24;
    /** In the answer of {@link #authorize} or {@link #record}: the decisions stand, but recording them failed. */
    static final int UNRECORDED = 1 << 30;
    /** In the answer of {@link #authorize} or {@link #record}: {@link FailModes} has something to obey in the message. */
    static final int HELD = 1 << 29;

    /** What {@link #localAcls} does. */
    static final int LOAD_ACLS = 0;
    static final int ADD_ACLS = 1;
    static final int REMOVE_ACLS = 2;
    static final int ACLS_LOADED = 3;

    /** Places in {@link #counters()}. */
    enum Counter {
        ROUTED, DISCARDED, EXCLUDED, SUPPRESSED_OWN, UNWANTED, ENQUEUED, DROPPED_QUEUE_FULL, MALFORMED, PANICS,
        DRAINED, ALLOWED, DENIED, COMPARED, WOULD_ALLOW, WOULD_DENY, LOGINS_ENQUEUED,
        LOGINS_DROPPED, SUPPRESSED_TWICE, UNRECORDED, UNAWAITED, QUEUE_LENGTH, QUEUE_FILL_PERMILLE, PENDING
    }

    private final long handle;
    private volatile long[] lastCounters = new long[Counter.values().length];

    NativeEngine(Pairs settings) {
        handle = open(settings.encode());
        if (handle == 0) {
            throw new IllegalStateException("the native library could not open an engine: " + lastPanic());
        }
    }

    /** Judges a document; the answer holds {@code error}s or the summary. */
    Pairs check(String document) {
        return answer(check(handle, document.getBytes(StandardCharsets.UTF_8)));
    }

    /** Puts a document in force, unless it is bad. */
    Pairs apply(String document) {
        return answer(apply(handle, document.getBytes(StandardCharsets.UTF_8)));
    }

    /** Judges a companion of the document; the answer holds {@code error}s or what it amounts to. */
    Pairs checkCompanion(String companion) {
        return answer(companion(handle, companion.getBytes(StandardCharsets.UTF_8), false));
    }

    /** Follows a companion of the document, unless it is bad. */
    Pairs accompany(String companion) {
        return answer(companion(handle, companion.getBytes(StandardCharsets.UTF_8), true));
    }

    private static Pairs answer(byte[] message) {
        if (message == null) {
            throw new IllegalStateException("the native engine is closed or failed: " + lastPanic());
        }
        return Pairs.decode(message);
    }

    void identify(String clusterId) {
        identify(handle, clusterId.getBytes(StandardCharsets.UTF_8));
    }

    /** Follows frames of the feed, or of its copy on disk, up to the first that is refused or no frame. */
    Pairs follow(byte[] frames) {
        return answer(follow(handle, frames));
    }

    /** The policy held, in figures. */
    Pairs policy() {
        return answer(policy(handle));
    }

    /** The policy held as one frame of the feed, for the disk; null if none is held. */
    byte[] copy() {
        byte[] frame = copy(handle);
        if (frame == null) {
            throw new IllegalStateException("the native engine is closed or failed: " + lastPanic());
        }
        return frame.length == 0 ? null : frame;
    }

    /**
     * Decides one message of {@link RequestCodec} and records the decisions; one that Kafka decided is
     * compared. A negative code, or the decisions.
     */
    int authorize(byte[] message, int length) {
        return authorize(handle, message, length);
    }

    /** As {@link #authorize}, of one action whose name does not matter: is it allowed on any resource of the type? */
    int authorizeByType(byte[] message, int length) {
        return authorizeByType(handle, message, length);
    }

    /** Mirrors ACLs packed by {@link AclCodec}; a code. */
    int localAcls(byte[] acls, int what) {
        return localAcls(handle, acls, what);
    }

    /** How a request would be decided now, and why. */
    Pairs explain(Pairs question) {
        return answer(explain(handle, question.encode()));
    }

    /** What shadow mode has seen, as JSON. */
    String shadow() {
        byte[] json = shadow(handle);
        if (json == null) {
            throw new IllegalStateException("the native engine is closed or failed: " + lastPanic());
        }
        return new String(json, StandardCharsets.UTF_8);
    }

    /** Hands over one message of {@link RequestCodec}; a code. */
    int record(byte[] message, int length) {
        return record(handle, message, length);
    }

    /** Records a log in; a code. */
    int login(Pairs login) {
        return login(handle, login.encode());
    }

    /** Fills {@code batch}; its length, 0 if nothing waits, minus the length needed, or {@link #failed}. */
    int drain(byte[] batch) {
        return drain(handle, batch);
    }

    /** Says something about events after the queue, or asks; only the thread that drains. Empty before the cluster is known. */
    Pairs tell(Pairs what) {
        return Pairs.decode(tell(what.encode()));
    }

    /** As {@link #tell(Pairs)}, of a batch that the spool keeps, or with a batch as the answer. */
    byte[] tell(byte[] what) {
        byte[] answer = tell(handle, what);
        if (answer == null) {
            throw new IllegalStateException("the native engine is closed or failed: " + lastPanic());
        }
        return answer;
    }

    /** Whether an answer of {@link #drain} is a failure and not a length. */
    static boolean failed(int drained) {
        return drained < Integer.MIN_VALUE + 16;
    }

    /** The account so far; after {@link #close} the last one. */
    long[] counters() {
        long[] sums = new long[Counter.values().length];
        if (counters(handle, sums) == DONE) {
            lastCounters = sums;
        }
        return lastCounters;
    }

    int fillPermille() {
        return fillPermille(handle);
    }

    void breakNextDecisionForTest() {
        breakNextDecisionForTest(handle);
    }

    void breakNextRecordForTest() {
        breakNextRecordForTest(handle);
    }

    @Override
    public void close() {
        counters();
        close(handle);
    }

    /** What the last panic said, or a word that there was none. */
    static String lastPanic() {
        byte[] text = takeLastPanic();
        return text == null ? "no panic is known" : new String(text, StandardCharsets.UTF_8);
    }

    static native int layoutVersion();

    private static native long open(byte[] settings);

    private static native byte[] check(long handle, byte[] document);

    private static native byte[] apply(long handle, byte[] document);

    private static native byte[] companion(long handle, byte[] companion, boolean apply);

    private static native void identify(long handle, byte[] clusterId);

    private static native byte[] follow(long handle, byte[] frames);

    private static native byte[] policy(long handle);

    private static native byte[] copy(long handle);

    private static native int authorize(long handle, byte[] message, int length);

    private static native int authorizeByType(long handle, byte[] message, int length);

    private static native int localAcls(long handle, byte[] acls, int what);

    private static native byte[] explain(long handle, byte[] question);

    private static native byte[] shadow(long handle);

    private static native int record(long handle, byte[] message, int length);

    private static native int login(long handle, byte[] login);

    private static native int drain(long handle, byte[] batch);

    private static native byte[] tell(long handle, byte[] what);

    private static native int counters(long handle, long[] sums);

    private static native int fillPermille(long handle);

    private static native byte[] takeLastPanic();

    private static native void breakNextDecisionForTest(long handle);

    private static native void breakNextRecordForTest(long handle);

    private static native void close(long handle);
}
