package io.openmds.kafka;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/**
 * A user whose groups were named by the token with which it logged in. Equal to every principal of the same type and name:
 * a client whose groups change when it authenticates again stays who it is.
 */
public final class OpenMdsPrincipal extends KafkaPrincipal implements GroupMember {
    private final List<String> groups;
    private final byte[] packed;

    OpenMdsPrincipal(String type, String name, boolean tokenAuthenticated, List<String> groups) {
        super(type, name, tokenAuthenticated);
        this.groups = List.copyOf(groups);
        packed = GroupMember.pack(this.groups);
    }

    /** The names of its groups, without {@code Group:}. */
    public List<String> groups() {
        return groups;
    }

    @Override
    public byte[] packedGroups() {
        return packed;
    }

    /** Reads what {@link GroupMember#pack} wrote. */
    static List<String> unpack(byte[] packed) {
        ByteBuffer in = ByteBuffer.wrap(packed);
        List<String> groups = new ArrayList<>();
        try {
            int count = in.getInt();
            for (int i = 0; i < count; i++) {
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    throw new BufferUnderflowException();
                }
                byte[] text = new byte[length];
                in.get(text);
                groups.add(new String(text, StandardCharsets.UTF_8));
            }
        } catch (BufferUnderflowException e) {
            throw new SerializationException("the groups of a principal that came from a broker are cut");
        }
        return groups;
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof KafkaPrincipal)) {
            return false;
        }
        KafkaPrincipal principal = (KafkaPrincipal) other;
        return getPrincipalType().equals(principal.getPrincipalType()) && getName().equals(principal.getName());
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
