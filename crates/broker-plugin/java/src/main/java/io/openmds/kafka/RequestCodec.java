package io.openmds.kafka;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * Packs one {@code authorize} call into bytes, layout {@code OMR2} of {@code spec/native-bridge.md}.
 * One instance a thread: its array is reused.
 */
final class RequestCodec {
    private static final int USUAL = 1024;
    /** A larger array is given back after use. */
    private static final int LARGEST_KEPT = 1024 * 1024;
    private static final ThreadLocal<RequestCodec> OF_THREAD = ThreadLocal.withInitial(RequestCodec::new);

    /** Message flag: the actions carry the decisions of Kafka's own authorizer, which stand. */
    private static final int DECIDED_BY_KAFKA = 1;
    /** Message flag: the thread may wait for events to be safe. */
    private static final int MAY_WAIT = 2;
    /**
     * Threads that answer clients. The threads of the quorum and of coordinators must not wait
     * ({@code kafka-internals.md}, who calls authorize).
     */
    private static final String PATIENT_THREAD = "data-plane-kafka-request-handler-";
    private static final byte[] NOTHING = {};

    private final int patience = Thread.currentThread().getName().startsWith(PATIENT_THREAD) ? MAY_WAIT : 0;
    private byte[] bytes = new byte[USUAL];
    private int length;

    static RequestCodec ofThread() {
        return OF_THREAD.get();
    }

    byte[] bytes() {
        return bytes;
    }

    /** A request to be decided: the message's length in {@link #bytes}. */
    int encode(AuthorizableRequestContext context, List<Action> actions) {
        return encode(context, actions, null);
    }

    /** A request that Kafka decided; {@code results} may be null, then it is to be decided. */
    int encode(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results) {
        if (bytes.length > LARGEST_KEPT) {
            bytes = new byte[USUAL];
        }
        length = 0;
        KafkaPrincipal principal = context.principal();
        header(context, results == null ? 0 : DECIDED_BY_KAFKA);
        text(principal);
        String clientId = context.clientId();
        if (clientId == null) {
            number(-1);
        } else {
            text(clientId);
        }
        block(principal instanceof GroupMember ? ((GroupMember) principal).packedGroups() : NOTHING);
        int count = actions.size();
        number(count);
        for (int i = 0; i < count; i++) {
            action(actions.get(i), results != null && results.get(i) == AuthorizationResult.ALLOWED);
        }
        int end = length;
        length = 4;
        number(end);
        length = end;
        return end;
    }

    private void header(AuthorizableRequestContext context, int flags) {
        room(64);
        put('O');
        put('M');
        put('R');
        put('2');
        number(0);
        put(flags | patience);
        shortNumber(context.requestType());
        shortNumber(context.requestVersion());
        number(context.correlationId());
        InetAddress address = context.clientAddress();
        byte[] raw = address == null ? new byte[0] : address.getAddress();
        put(raw.length);
        System.arraycopy(raw, 0, bytes, length, raw.length);
        length += raw.length;
    }

    private void action(Action action, boolean granted) {
        room(4);
        put(action.operation().code());
        put(action.resourcePattern().resourceType().code());
        put(action.resourcePattern().patternType().code());
        put((granted ? 1 : 0) | (action.logIfAllowed() ? 2 : 0) | (action.logIfDenied() ? 4 : 0));
        text(action.resourcePattern().name());
    }

    /** As {@code KafkaPrincipal.toString}, without making the string. */
    private void text(KafkaPrincipal principal) {
        room(4);
        int start = length;
        length += 4;
        append(principal.getPrincipalType());
        room(1);
        put(':');
        append(principal.getName());
        finish(start);
    }

    private void block(byte[] block) {
        number(block.length);
        room(block.length);
        System.arraycopy(block, 0, bytes, length, block.length);
        length += block.length;
    }

    private void text(String text) {
        room(4);
        int start = length;
        length += 4;
        append(text);
        finish(start);
    }

    private void finish(int start) {
        int end = length;
        length = start;
        number(end - start - 4);
        length = end;
    }

    private void append(String text) {
        int count = text.length();
        room(count);
        byte[] to = bytes;
        int at = length;
        for (int i = 0; i < count; i++) {
            char letter = text.charAt(i);
            if (letter >= 0x80) {
                appendEncoded(text);
                return;
            }
            to[at++] = (byte) letter;
        }
        length = at;
    }

    private void appendEncoded(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
    }

    private void room(int more) {
        if (bytes.length - length < more + 4) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more + USUAL));
        }
    }

    private void put(int value) {
        bytes[length++] = (byte) value;
    }

    private void shortNumber(int value) {
        put(value >> 8);
        put(value);
    }

    private void number(int value) {
        room(4);
        put(value >> 24);
        put(value >> 16);
        put(value >> 8);
        put(value);
    }
}
