package io.openmds.kafka;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/** Writes frames of the feed as {@code spec/feed.md} has them, for tests that play the server. */
final class Feed {
    static final String SERVER = "00000000-0000-4000-8000-000000000001";

    private static final List<String> TYPES = List.of("TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID");
    private static final List<String> OPERATIONS = List.of("ALL", "READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE",
            "CLUSTER_ACTION", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE");

    private Feed() {}

    /** A list whose length is known only at its end. */
    static final class Items {
        private final Bytes bytes = new Bytes();
        private int count;

        /** A role on the resources of these patterns: none for a role on the whole cluster, null if it is gone. */
        Items grant(String principal, String role, List<String[]> patterns) {
            count++;
            grant(bytes, principal, role, patterns);
            return this;
        }

        Items acl(String type, String name, boolean prefixed, String principal, String operation, boolean allows) {
            count++;
            bytes.number(TYPES.indexOf(type)).text(name).number(prefixed ? 1 : 0).text(principal).text("*")
                    .number(OPERATIONS.indexOf(operation)).number(allows ? 1 : 0);
            return this;
        }

        Items membership(String user, List<String> groups) {
            count++;
            membership(bytes, user, groups);
            return this;
        }

        /** As a change, not as part of a snapshot. */
        Items grantChange(String principal, String role, List<String[]> patterns) {
            bytes.number(0);
            return grant(principal, role, patterns);
        }

        Items membershipChange(String user, List<String> groups) {
            bytes.number(2);
            return membership(user, groups);
        }

        private static void grant(Bytes to, String principal, String role, List<String[]> patterns) {
            to.text(principal).text(role).number(patterns == null ? 0 : 1);
            if (patterns != null) {
                to.number(patterns.size());
                for (String[] pattern : patterns) {
                    to.text(pattern[0]).text(pattern[1]).number(pattern[2].equals("PREFIXED") ? 1 : 0);
                }
            }
        }

        private static void membership(Bytes to, String user, List<String> groups) {
            to.text(user).number(groups.size());
            groups.forEach(to::text);
        }

        private void into(Bytes to) {
            to.number(count).writeBytes(bytes.toByteArray());
        }
    }

    static String[] pattern(String type, String name, boolean prefixed) {
        return new String[] {type, name, prefixed ? "PREFIXED" : "LITERAL"};
    }

    static byte[] snapshot(String cluster, long generation, Items grants, Items acls, Items memberships) {
        Bytes payload = new Bytes().number(0).text(SERVER).text(cluster).number(generation).number(0);
        grants.into(payload);
        acls.into(payload);
        memberships.into(payload);
        return frame(payload.text(""));
    }

    static byte[] changes(String cluster, long from, long to, Items changes) {
        Bytes payload = new Bytes().number(1).text(SERVER).text(cluster).number(from).number(to).number(0);
        changes.into(payload);
        return frame(payload);
    }

    private static byte[] frame(Bytes payload) {
        byte[] bytes = payload.toByteArray();
        CRC32 sum = new CRC32();
        sum.update(bytes);
        byte[] frame = Arrays.copyOf("OMF1".getBytes(StandardCharsets.US_ASCII), 12 + bytes.length);
        ByteBuffer.wrap(frame).position(4).putInt(bytes.length).putInt((int) sum.getValue()).put(bytes);
        return frame;
    }

    /** Numbers and texts in the postcard format. */
    private static final class Bytes extends ByteArrayOutputStream {
        Bytes number(long number) {
            long rest = number;
            while (rest >= 0x80) {
                write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            write((int) rest);
            return this;
        }

        Bytes text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            number(bytes.length).writeBytes(bytes);
            return this;
        }
    }
}
