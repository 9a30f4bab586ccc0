package io.openmds.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the drain thread lets the engine write about the trail itself: that an epoch opened, what was lost, the account,
 * signed checkpoints. The engine gives the numbers; here is when, and what of it the disk keeps.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final long LOSSES_MS = 1_000;

    private final NativeEngine engine;
    private final AuditCounters counters;
    private final Losses losses;
    private final TrailSettings settings;
    /** Null as long as the node has no certificate. */
    private final Supplier<NodeSigner> signer;
    /** Null if nothing is kept. */
    private Path file;
    private String running;
    private boolean open;
    private long last;
    private long checkpoint;
    private long lossesDue;
    private long accountDue;
    private long checkpointDue;
    private String shown;
    private LongFunction<Pairs> says = nowMs -> null;

    Ledger(NativeEngine engine, AuditCounters counters, Losses losses, TrailSettings settings, Supplier<NodeSigner> signer) {
        this.engine = engine;
        this.counters = counters;
        this.losses = losses;
        this.settings = settings;
        this.signer = signer;
    }

    /** The engine knows its cluster; the epoch opens with the first event that leaves its queue. */
    void begin(String node) {
        Pairs told = new Pairs().add("what", "open").add("node", node)
                .add("in_flight_bytes", Long.toString(ExporterSettings.MOST_IN_FLIGHT));
        NodeSigner known = signer.get();
        if (known != null) {
            told.add("certificate", known.fingerprint);
        }
        if (settings.directory != null) {
            file = settings.directory.resolve("epoch-" + node);
            String former = former();
            if (former != null) {
                told.add("file", former);
            }
        }
        running = engine.tell(told).first("file");
    }

    /** What else is to be said, at the time given; null if nothing is. */
    void says(LongFunction<Pairs> own) {
        says = own;
    }

    /** What the last epoch left; null if nothing can be read. */
    private String former() {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.US_ASCII) : null;
        } catch (IOException e) {
            LOG.warn("The last epoch of the audit trail cannot be read from {} ({}): the new one names none before it", file, e.toString());
            return null;
        }
    }

    private void keep(String text) {
        if (file == null || text == null) {
            return;
        }
        try {
            PrivateFile.directory(settings.directory);
            PrivateFile.replace(file, text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.warn("The epoch of the audit trail cannot be kept in {} ({}): the next one will not name it", file, e.toString());
        }
    }

    /** Events were numbered, this one last: from now on the disk knows of the epoch. */
    void numbered(long number) {
        if (number > 0) {
            last = Math.max(last, number);
            if (!open) {
                open = true;
                keep(running);
            }
        }
    }

    /** A minimal line with its number. */
    AuditEvent line(String minimal) {
        Pairs told = engine.tell(new Pairs().add("what", "line").add("line", minimal));
        String line = told.first("line");
        long number = number(told);
        numbered(number);
        return new AuditEvent("", (line == null ? minimal : line).getBytes(StandardCharsets.UTF_8), number, true);
    }

    private static long number(Pairs told) {
        String number = told.first("sequence");
        return number == null ? 0 : Long.parseLong(number);
    }

    /**
     * Lets the engine write what is due.
     *
     * @param nowMs from a clock that never goes back
     * @param accepting whether events can be sent: what is due waits for that, and nothing but a great many losses does not
     */
    void step(long nowMs, boolean accepting) {
        Pairs own = says.apply(nowMs);
        if (own != null) {
            numbered(number(engine.tell(own)));
        }
        if (!open) {
            return;
        }
        if (nowMs >= lossesDue && (accepting && !losses.isEmpty() || losses.isPressing())) {
            lossesDue = nowMs + LOSSES_MS;
            tellLosses();
        }
        if (!accepting) {
            return;
        }
        if (accountDue == 0) {
            accountDue = nowMs + settings.accountMs;
            checkpointDue = nowMs + settings.checkpointMs;
        }
        if (nowMs >= accountDue) {
            accountDue = nowMs + settings.accountMs;
            numbered(number(engine.tell(Account.of(counters, engine).told(false))));
        }
        if (last - checkpoint >= settings.checkpointEvents || nowMs >= checkpointDue) {
            checkpointDue = nowMs + settings.checkpointMs;
            sign();
        }
    }

    private void tellLosses() {
        losses.take().forEach(loss -> numbered(number(engine.tell(loss))));
    }

    private void sign() {
        NodeSigner known = signer.get();
        Pairs asked = engine.tell(new Pairs().add("what", "statement"));
        if (known == null || number(asked) <= checkpoint) {
            return;
        }
        Pairs told = new Pairs().add("what", "checkpoint").add("sequence", asked.first("sequence"))
                .add("signature", known.sign(asked.first("statement"))).add("fingerprint", known.fingerprint);
        if (!known.fingerprint.equals(shown)) {
            told.add("certificate", known.pem);
        }
        long number = number(engine.tell(told));
        if (number > 0) {
            shown = known.fingerprint;
            checkpoint = number;
            numbered(number);
        }
    }

    /** Whether there is anything to say at the end. */
    boolean isOpen() {
        return open;
    }

    /** The last events of the epoch, but for what is told of them afterwards. */
    void finish() {
        if (open) {
            tellLosses();
            numbered(number(engine.tell(Account.of(counters, engine).told(true))));
            sign();
        }
    }

    /** The epoch ended in order. */
    void end() {
        keep(engine.tell(new Pairs().add("what", "end")).first("file"));
    }
}
