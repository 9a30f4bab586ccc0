package io.openmds.kafka;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads batches of finished events, layout {@code OME2} of {@code spec/native-bridge.md}. */
final class EventBatch {
    private static final int MAGIC = 'O' << 24 | 'M' << 16 | 'E' << 8 | '2';

    private byte[] lastTopicBytes = new byte[0];
    private String lastTopic = "";

    interface Taker {
        void take(AuditEvent event);
    }

    /** Hands every event to the taker, in order. */
    void read(byte[] batch, int length, Taker taker) {
        ByteBuffer events = ByteBuffer.wrap(batch, 0, length);
        if (length < 12 || events.getInt() != MAGIC || events.getInt() != length) {
            throw new IllegalStateException("the native library filled a batch in another layout than OME2");
        }
        for (int count = events.getInt(); count > 0; count--) {
            boolean own = events.get() != 0;
            long number = events.getLong();
            String topic = topic(events);
            int size = events.getInt();
            if (size < 0 || size > events.remaining()) {
                throw new BufferUnderflowException();
            }
            byte[] line = new byte[size];
            events.get(line);
            taker.take(new AuditEvent(topic, line, number, own));
        }
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
