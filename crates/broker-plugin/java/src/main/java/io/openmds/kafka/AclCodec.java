package io.openmds.kafka;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.apache.kafka.metadata.authorizer.StandardAcl;

/** Packs ACLs into bytes, layout {@code OMA1} of {@code spec/native-bridge.md}. */
final class AclCodec {
    private AclCodec() {}

    static byte[] encode(Collection<StandardAcl> acls) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(8 + 96 * acls.size());
        out.writeBytes(new byte[] {'O', 'M', 'A', '1'});
        number(out, acls.size());
        for (StandardAcl acl : acls) {
            out.write(acl.resourceType().code());
            out.write(acl.patternType().code());
            out.write(acl.operation().code());
            out.write(acl.permissionType().code());
            text(out, acl.principal());
            text(out, acl.host());
            text(out, acl.resourceName());
        }
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void number(ByteArrayOutputStream out, int number) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(number).array());
    }
}
