package io.openmds.kafka;

/** What JMX shows of one instance of the plugin. Counts are since the node's start. */
public interface AuditCountersMBean {
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
