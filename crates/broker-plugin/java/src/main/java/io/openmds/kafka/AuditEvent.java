package io.openmds.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** A finished event on its way from the native engine to its topic, or to the fallback log. */
class AuditEvent {
    static final List<Header> CLOUD_EVENTS = headers("application/cloudevents+json");
    static final List<Header> OTHERWISE = headers("application/json");
    private static final byte[] CLOUD_EVENT = "{\"specversion\"".getBytes(StandardCharsets.UTF_8);

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

    private static List<Header> headers(String contentType) {
        return List.of(new RecordHeader("content-type", contentType.getBytes(StandardCharsets.UTF_8)));
    }

    /** What the line is, by how it begins: an event that waited on disk may be of another form than events are now. */
    List<Header> headers() {
        int length = CLOUD_EVENT.length;
        boolean cloudEvent = line.length >= length && Arrays.equals(line, 0, length, CLOUD_EVENT, 0, length);
        return cloudEvent ? CLOUD_EVENTS : OTHERWISE;
    }

    /** The destination has it. */
    void delivered() {
        // Nobody else waits for that.
    }

    /** It is on disk. */
    void kept() {
        // Nobody else waits for that.
    }

    /** No destination and no disk took it. */
    void lost() {
        // Nobody else waits for that.
    }

    /** Whether it is to be on disk before anything else is done with it. */
    boolean isAhead() {
        return false;
    }

    /** Whether the destination is to be asked where the disk refused; only once. */
    boolean mayGoLive() {
        return false;
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
