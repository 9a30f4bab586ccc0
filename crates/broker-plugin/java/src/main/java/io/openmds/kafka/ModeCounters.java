package io.openmds.kafka;

import io.openmds.kafka.WaitingRoom.Miss;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the companion in force does, counted. */
abstract class ModeCounters implements ModeCountersMBean {
    final LongAdder badCompanions = new LongAdder();
    final LongAdder awaitedRequests = new LongAdder();
    final LongAdder awaitedMicros = new LongAdder();
    private final Map<Miss, LongAdder> missed = adders();
    private final Map<Miss, LongAdder> refused = adders();
    final LongAdder distrustedDocuments = new LongAdder();
    volatile String documentDistrust = "";
    volatile String companionVersion = "";
    volatile String companionAppliedAt = "";
    volatile String lastCompanionError = "";

    private static Map<Miss, LongAdder> adders() {
        Map<Miss, LongAdder> adders = new EnumMap<>(Miss.class);
        for (Miss why : Miss.values()) {
            adders.put(why, new LongAdder());
        }
        return adders;
    }

    /** Decisions answered though their events were not known to be safe. */
    LongAdder missed(Miss why) {
        return missed.get(why);
    }

    /** Decisions turned into refusals. */
    LongAdder refused(Miss why) {
        return refused.get(why);
    }

    @Override
    public long getAwaitedRequests() {
        return awaitedRequests.sum();
    }

    @Override
    public long getAwaitedMicros() {
        return awaitedMicros.sum();
    }

    @Override
    public long getMissedQueueFull() {
        return missed(Miss.QUEUE_FULL).sum();
    }

    @Override
    public long getMissedTimeout() {
        return missed(Miss.TIMEOUT).sum();
    }

    @Override
    public long getMissedUnsaved() {
        return missed(Miss.UNSAVED).sum();
    }

    @Override
    public long getRefusedQueueFull() {
        return refused(Miss.QUEUE_FULL).sum();
    }

    @Override
    public long getRefusedTimeout() {
        return refused(Miss.TIMEOUT).sum();
    }

    @Override
    public long getRefusedUnsaved() {
        return refused(Miss.UNSAVED).sum();
    }

    @Override
    public long getBadCompanions() {
        return badCompanions.sum();
    }

    /** Version of the audit document in force; empty if it has none. */
    abstract String appliedVersion();

    @Override
    public long getDistrustedDocuments() {
        return distrustedDocuments.sum();
    }

    @Override
    public String getDocumentDistrust() {
        return documentDistrust;
    }

    @Override
    public String getCompanionVersion() {
        return companionVersion;
    }

    @Override
    public String getCompanionAppliedAt() {
        return companionAppliedAt;
    }

    @Override
    public String getLastCompanionError() {
        return lastCompanionError;
    }
}
