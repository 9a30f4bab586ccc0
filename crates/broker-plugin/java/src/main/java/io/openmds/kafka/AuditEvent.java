package io.openmds.kafka;

/** A finished event on its way from the native engine to its topic, or to the fallback log. */
class AuditEvent {
    final String topic;
    /** One line of JSON, without its end. */
    final byte[] line;
    /** Its number in this epoch; 0 if it has none. */
    final long number;
    /** Whether it is about the trail itself, and not about a decision or a log in. */
    final boolean own;

    AuditEvent(String topic, byte[] line, long number, boolean own) {
        this.topic = topic;
        this.line = line;
        this.number = number;
        this.own = own;
    }

    /** The destination has it. */
    void delivered() {
        // Nobody else waits for that.
    }

    /**
     * The destination does not have it; whether somebody else still does, so that no line of it is needed.
     *
     * @param forGood whether trying again would change nothing
     */
    boolean isKeptElsewhere(Losses.Reason why, boolean forGood) {
        return false;
    }
}
