package io.openmds.kafka;

/** What JMX shows of the companion in force, among the rest of {@link AuditCountersMBean}. */
public interface ModeCountersMBean {
    long getBadCompanions();

    String getCompanionVersion();

    String getCompanionAppliedAt();

    String getLastCompanionError();
}
