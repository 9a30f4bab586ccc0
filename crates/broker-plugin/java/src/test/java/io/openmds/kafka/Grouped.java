package io.openmds.kafka;

import java.util.List;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/** A user whose credentials name groups. */
final class Grouped extends KafkaPrincipal implements GroupMember {
    private final byte[] packed;

    Grouped(String user, String... groups) {
        super(USER_TYPE, user);
        packed = GroupMember.pack(List.of(groups));
    }

    @Override
    public byte[] packedGroups() {
        return packed;
    }
}
