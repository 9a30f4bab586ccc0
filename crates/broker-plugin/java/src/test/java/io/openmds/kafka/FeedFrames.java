package io.openmds.kafka;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Frames of the feed as a server writes them ({@code spec/feed.md}): a few role bindings on topics, nothing else. */
final class FeedFrames {
    static final String SERVER = "7d444840-9dc0-11d1-b245-5ffdce74fad2";

    private FeedFrames() {}

    /** {@code present} is whether the binding is there. */
    static byte[] grant(String user, String role, String topic, boolean present) {
        Payload payload = new Payload().text("User:" + user).text(role).number(present ? 1 : 0);
        if (present) {
            payload.number(1).text("Topic").text(topic).number(0);
        }
        return payload.bytes();
    }

    /** Lets the user write to the topic. */
    static byte[] writes(String user, String topic) {
        return grant(user, "DeveloperWrite", topic, true);
    }

    static byte[] snapshot(long generation, byte[]... grants) {
        return snapshot(SERVER, Requests.CLUSTER_ID, generation, 0, grants);
    }

    static byte[] snapshot(String server, String cluster, long generation, long issuedMs, byte[]... grants) {
        Payload payload = new Payload().number(0).text(server).text(cluster).number(generation).signed(issuedMs)
                .number(grants.length);
        for (byte[] grant : grants) {
            payload.raw(grant);
        }
        return frame(payload.number(0).number(0).text("").bytes());
    }

    static byte[] changes(long from, long to, byte[]... grants) {
        return changes(from, to, 0, grants);
    }

    static byte[] changes(long from, long to, long issuedMs, byte[]... grants) {
        Payload payload = new Payload().number(1).text(SERVER).text(Requests.CLUSTER_ID).number(from).number(to)
                .signed(issuedMs).number(grants.length);
        for (byte[] grant : grants) {
            payload.number(0).raw(grant);
        }
        return frame(payload.bytes());
    }

    private static byte[] frame(byte[] payload) {
        CRC32 sum = new CRC32();
        sum.update(payload);
        return ByteBuffer.allocate(12 + payload.length).put("OMF1".getBytes(StandardCharsets.US_ASCII))
                .putInt(payload.length).putInt((int) sum.getValue()).put(payload).array();
    }

    static byte[] joined(byte[]... pieces) {
        Payload all = new Payload();
        for (byte[] piece : pieces) {
            all.raw(piece);
        }
        return all.bytes();
    }

    private static final class Payload {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Payload number(long value) {
            long left = value;
            while ((left & ~0x7FL) != 0) {
                out.write((int) (left & 0x7F | 0x80));
                left >>>= 7;
            }
            out.write((int) left);
            return this;
        }

        Payload signed(long value) {
            return number(value << 1 ^ value >> 63);
        }

        Payload text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return number(bytes.length).raw(bytes);
        }

        Payload raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
