package io.openmds.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A principal whose own credentials name groups. They are packed once, when the principal is built:
 * every one of its requests carries them to the native engine.
 */
interface GroupMember {
    /** The groups' names without type, packed by {@link #pack}. */
    byte[] packedGroups();

    /** As the groups of layout {@code OMR2} of {@code spec/native-bridge.md}: none are no bytes. */
    static byte[] pack(Collection<String> groups) {
        if (groups.isEmpty()) {
            return new byte[0];
        }
        List<byte[]> names = new ArrayList<>();
        int length = 4;
        for (String group : groups) {
            byte[] name = group.getBytes(StandardCharsets.UTF_8);
            names.add(name);
            length += 4 + name.length;
        }
        ByteBuffer packed = ByteBuffer.allocate(length).putInt(names.size());
        names.forEach(name -> packed.putInt(name.length).put(name));
        return packed.array();
    }
}
