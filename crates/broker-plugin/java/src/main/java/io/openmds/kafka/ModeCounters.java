package io.openmds.kafka;

import java.util.concurrent.atomic.LongAdder;

/** What the companion in force does, counted. */
class ModeCounters implements ModeCountersMBean {
    final LongAdder badCompanions = new LongAdder();
    volatile String companionVersion = "";
    volatile String companionAppliedAt = "";
    volatile String lastCompanionError = "";

    @Override
    public long getBadCompanions() {
        return badCompanions.sum();
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
