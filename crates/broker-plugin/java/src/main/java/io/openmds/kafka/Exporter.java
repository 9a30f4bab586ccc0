package io.openmds.kafka;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes events to one destination. Belongs to the drain thread, and never holds it for long:
 * looking for the topics, connecting and waiting after a failure are states that {@link #poll}
 * passes through.
 */
final class Exporter implements Replay.Way {
    private static final Logger LOG = LoggerFactory.getLogger(Exporter.class);
    private static final long FIRST_PAUSE_MS = 250;
    private static final long LONGEST_PAUSE_MS = 30_000;
    private static final long RECHECK_MS = 30_000;
    /** A producer is replaced well before it gives up on what it has: then another one can send it. */
    private static final int STALLS_IN_DELIVERY_TIMEOUT = 2;

    private enum State { CHECKING, READY, PAUSING }

    private final ExporterSettings settings;
    private final AuditCounters counters;
    private final FallbackLog fallback;
    private final String clientId;
    private Destination destination;
    private volatile State state = State.PAUSING;
    private TopicCheck check;
    private volatile ProducerSession session;
    private final Redo redo;
    /** Topics that exist, also those of former documents: what was routed by them is still to be sent. */
    private final Set<String> usable = new HashSet<>();
    /** A document came whose topics nobody has looked for yet. */
    private boolean unsettled;
    private boolean checkIsForChange;
    private long pauseMs = FIRST_PAUSE_MS;
    private long due;
    private long unavailableSince;
    /** Whether the producer knows where all topics are; without that nothing can be sent. */
    private boolean known;
    private long unknownSince;

    Exporter(ExporterSettings settings, Destination destination, String clientId, AuditCounters counters,
            FallbackLog fallback) {
        this.settings = settings;
        this.destination = destination;
        this.clientId = clientId;
        this.counters = counters;
        this.fallback = fallback;
        redo = new Redo(counters);
        due = now();
        unavailableSince = due;
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    String describe() {
        return state + " " + destination.servers;
    }

    /** The same cluster under a document with other topics. */
    void follow(Destination changed) {
        destination = changed;
        unsettled = true;
    }

    /** Goes on with whatever is under way. */
    void poll() {
        if (state == State.READY) {
            look();
        }
        if (check != null) {
            pollCheck();
        } else if (state == State.READY) {
            sendAgain();
            watch();
        } else if (now() >= due) {
            beginCheck();
        }
    }

    private void beginCheck() {
        checkIsForChange = unsettled && state == State.READY && !usable.containsAll(destination.topics.keySet());
        unsettled = false;
        try {
            check = new TopicCheck(settings, destination, clientId + "-topics");
            if (state == State.PAUSING) {
                state = State.CHECKING;
            }
        } catch (KafkaException e) {
            unanswered("no client could be made: " + cause(e));
        }
    }

    private void pollCheck() {
        if (!check.poll()) {
            return;
        }
        TopicCheck done = check;
        check = null;
        Background.run("close the topics' client", done::close);
        if (done.unreachable() != null) {
            unanswered(done.unreachable());
            return;
        }
        usable.addAll(done.usable());
        due = usable.containsAll(destination.topics.keySet()) ? Long.MAX_VALUE : now() + RECHECK_MS;
        if (state != State.READY) {
            connect();
        }
    }

    /** While a producer lives, its own watch decides whether the destination does. */
    private void unanswered(String why) {
        if (state == State.READY) {
            due = now() + RECHECK_MS;
        } else {
            pause(why);
        }
    }

    private void connect() {
        try {
            session = new ProducerSession(
                    new KafkaProducer<>(settings.producer(destination, clientId)), destination.servers, counters, fallback);
            state = State.READY;
            known = false;
            unknownSince = now();
            pauseMs = FIRST_PAUSE_MS;
            LOG.info("Audit events go to {}", destination.servers);
        } catch (KafkaException e) {
            pause("no producer could be made: " + cause(e));
        }
    }

    /** Where topics are is lost with the last of the destination's brokers, and with a topic. */
    private void look() {
        boolean before = known;
        known = session.knows(usable);
        unknownSince = before && !known ? now() : unknownSince;
    }

    /** What a former producer never answered for, first. */
    private void sendAgain() {
        while (!redo.isEmpty() && state == State.READY && known && session.inFlightBytes() < ExporterSettings.MOST_IN_FLIGHT) {
            redo.next(event -> send(event, true));
        }
    }

    /**
     * A producer that takes records and delivers none is replaced: it may never recover by itself, as one whose first log ins
     * failed. Another one sends what it has.
     */
    private void watch() {
        if (state != State.READY) {
            return;
        }
        long patience = settings.deliveryTimeoutMs() / STALLS_IN_DELIVERY_TIMEOUT;
        if (session.stalledMs() > patience) {
            abandon("it acknowledged nothing for " + patience + " ms");
        } else if (!known && now() - unknownSince > settings.maxBlockMs()) {
            abandon("nothing was heard of the topics for " + settings.maxBlockMs() + " ms");
        } else if (unsettled || now() >= due) {
            beginCheck();
        }
    }

    private void abandon(String why) {
        ProducerSession old = session;
        session = null;
        usable.clear();
        unavailableSince = now();
        redo.add(old.take());
        Background.run("close a stalled producer", () -> old.close(Duration.ZERO));
        pause(why);
    }

    private void pause(String why) {
        state = State.PAUSING;
        due = now() + pauseMs;
        LOG.warn("Audit events cannot be delivered to {}: {}. Next try in {} ms; what has to wait longer than {} ms goes"
                + " to the fallback log, or to disk much sooner where {} is set.", destination.servers, why, pauseMs,
                settings.deliveryTimeoutMs(), SpoolSettings.DIRECTORY);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }

    private static String cause(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage();
    }

    /** Whether events may be sent now. A new document's events wait until its topics have been looked for. */
    @Override
    public boolean accepts() {
        boolean settled = !unsettled && (check == null || !checkIsForChange);
        return state == State.READY && known && settled && redo.isEmpty() && session.inFlightBytes() < ExporterSettings.MOST_IN_FLIGHT;
    }

    /** Whether events have waited as long as they may for the destination to answer. */
    boolean hopeless() {
        return state != State.READY && now() - unavailableSince > settings.deliveryTimeoutMs();
    }

    long inFlight() {
        ProducerSession current = session;
        return current == null ? 0 : current.inFlight();
    }

    /** Writes what waits for another producer to the fallback log. */
    void giveUp() {
        while (!redo.isEmpty()) {
            redo.next(event -> fallback.write(event, Losses.Reason.FALLBACK));
        }
    }

    @Override
    public boolean knows(String topic) {
        return usable.contains(topic);
    }

    /** Sends one event, or writes it to the fallback log. */
    @Override
    public void send(AuditEvent event) {
        send(event, false);
    }

    /** Goes on with whatever is under way; whether events may be sent now. */
    boolean takes() {
        poll();
        return accepts();
    }

    /** Sends one event if it may be sent now; whether it was. */
    boolean offer(AuditEvent event) {
        boolean takes = accepts() && knows(event.topic);
        if (takes) {
            send(event);
        }
        return takes;
    }

    private void send(AuditEvent event, boolean again) {
        if (state != State.READY || !usable.contains(event.topic)) {
            fallback.write(event, Losses.Reason.FALLBACK);
            return;
        }
        if (!session.send(event, again)) {
            redo.add(List.of(event));
            unknownSince = known ? now() : unknownSince;
            known = false;
        }
    }

    /** Ends it: waits at most so long for acknowledgements; the rest goes to the fallback log. */
    void close(Duration patience) {
        TopicCheck pending = check;
        check = null;
        if (pending != null) {
            Background.run("close the topics' client", pending::close);
        }
        state = State.PAUSING;
        due = Long.MAX_VALUE;
        giveUp();
        if (session != null) {
            session.close(patience);
            session = null;
        }
    }
}
