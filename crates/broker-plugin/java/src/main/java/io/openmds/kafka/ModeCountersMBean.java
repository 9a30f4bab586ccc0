package io.openmds.kafka;

/** What JMX shows of the companion in force, among the rest of {@link AuditCountersMBean}. */
public interface ModeCountersMBean {
    /** Requests that waited for their events to be safe, and for how long all of them together. */
    long getAwaitedRequests();

    long getAwaitedMicros();

    /** Decisions of durable routes that were answered though their events were not known to be safe, by reason. */
    long getMissedQueueFull();

    long getMissedTimeout();

    long getMissedUnsaved();

    /** Requests of required routes that were refused because their events were not known to be safe, by reason. */
    long getRefusedQueueFull();

    long getRefusedTimeout();

    long getRefusedUnsaved();

    /** Events of durable and required routes that nobody waited for, and that say so. */
    long getUnawaited();

    long getBadCompanions();

    /** How often the cluster held documents that this node does not follow for want of a good signature. */
    long getDistrustedDocuments();

    /** What is wrong with those that it holds now; empty if nothing is. */
    String getDocumentDistrust();

    String getCompanionVersion();

    String getCompanionAppliedAt();

    String getLastCompanionError();
}
