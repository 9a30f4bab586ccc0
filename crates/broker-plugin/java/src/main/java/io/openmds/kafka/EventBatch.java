package io.openmds.kafka;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads batches of finished events, layout {@code OME3} of {@code spec/native-bridge.md}. */
final class EventBatch {
    private static final int MAGIC = 'O' << 24 | 'M' << 16 | 'E' << 8 | '3';

    private static final int OWN = 1;
    private static final int AHEAD = 2;

    /** Null if nobody waits for events of these batches. */
    private final WaitingRoom room;
    private byte[] lastTopicBytes = new byte[0];
    private String lastTopic = "";

    EventBatch(WaitingRoom room) {
        this.room = room;
    }

    EventBatch() {
        this(null);
    }

    interface Taker {
        void take(AuditEvent event);
    }

    /** Hands every event to the taker, in order. */
    void read(byte[] batch, int length, Taker taker) {
        ByteBuffer events = ByteBuffer.wrap(batch, 0, length);
        if (length < 12 || events.getInt() != MAGIC || events.getInt() != length) {
            throw new IllegalStateException("the native library filled a batch in another layout than OME3");
        }
        for (int count = events.getInt(); count > 0; count--) {
            int flags = events.get();
            boolean own = (flags & OWN) != 0;
            boolean ahead = (flags & AHEAD) != 0;
            long number = events.getLong();
            long ticket = ahead ? events.getLong() : 0;
            String topic = topic(events);
            int size = events.getInt();
            if (size < 0 || size > events.remaining()) {
                throw new BufferUnderflowException();
            }
            byte[] line = new byte[size];
            events.get(line);
            taker.take(ahead ? new AheadEvent(topic, line, number, own, ticket, room) : new AuditEvent(topic, line, number, own));
        }
    }

    /** A batch of these. */
    static byte[] write(List<AuditEvent> events) {
        List<byte[]> topics = new ArrayList<>();
        int length = 12;
        for (AuditEvent event : events) {
            byte[] topic = event.topic.getBytes(StandardCharsets.UTF_8);
            topics.add(topic);
            length = Math.addExact(length, 15 + (event.isAhead() ? 8 : 0) + topic.length + event.line.length);
        }
        ByteBuffer batch = ByteBuffer.allocate(length).putInt(MAGIC).putInt(length).putInt(events.size());
        for (int i = 0; i < events.size(); i++) {
            AuditEvent event = events.get(i);
            batch.put((byte) ((event.own ? OWN : 0) | (event.isAhead() ? AHEAD : 0))).putLong(event.number);
            if (event.isAhead()) {
                batch.putLong(0);
            }
            batch.putShort((short) topics.get(i).length).put(topics.get(i)).putInt(event.line.length).put(event.line);
        }
        return batch.array();
    }

    /** Neighbours mostly go to the same topic: its name is then not made anew. */
    private String topic(ByteBuffer events) {
        int length = events.getShort() & 0xffff;
        int from = events.position();
        events.position(from + length);
        byte[] bytes = events.array();
        if (!Arrays.equals(bytes, from, from + length, lastTopicBytes, 0, lastTopicBytes.length)) {
            lastTopicBytes = Arrays.copyOfRange(bytes, from, from + length);
            lastTopic = new String(lastTopicBytes, StandardCharsets.UTF_8);
        }
        return lastTopic;
    }
}
