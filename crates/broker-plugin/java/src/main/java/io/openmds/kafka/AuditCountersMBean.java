package io.openmds.kafka;

/** What JMX shows of one instance of the plugin. Counts are since the node's start. */
public interface AuditCountersMBean extends ModeCountersMBean {
    long getDecided();

    long getRouted();

    long getDiscarded();

    long getExcluded();

    long getSuppressedOwn();

    long getUnwanted();

    /** What became of everything that was decided, by name. */
    String getAccount();

    /** Whether the account's equations hold; while requests are decided the figures may be read too slowly for that. */
    boolean isBalanced();

    long getEnqueued();

    long getDroppedQueueFull();

    long getDelivered();

    /** Events on disk, of any epoch. */
    long getSpoolWaiting();

    long getSpoolBytes();

    /** Events delivered from disk, of any epoch. */
    long getSpoolDelivered();

    /** Events of this epoch that were on disk and are lost. */
    long getSpoolLost();

    /** Calls of the disk that failed. */
    long getSpoolFailures();

    long getFallback();

    long getFallbackFailures();

    long getBadDocuments();

    long getPanics();

    long getDecisionErrors();

    long getAcceptedLogins();

    long getRefusedLogins();

    long getQueueLength();

    long getQueueFillPermille();

    long getInFlight();

    String getExporterState();

    String getAppliedResourceVersion();

    String getAppliedAt();

    String getLastDocumentError();

    String getClusterId();
}
