package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class NodeKeyTest {
    @Test
    void aKeyIsReadAsItWasWritten() throws IOException {
        NodeKey key = NodeKey.generate();
        assertEquals(key.publicBase64(), NodeKey.parse(key.pem()).publicBase64());
        assertFalse(key.publicBase64().equals(NodeKey.generate().publicBase64()));
    }

    @Test
    void theProofIsASignatureOfTheKeyThatIsShown() throws Exception {
        NodeKey key = NodeKey.generate();
        Signature check = Signature.getInstance("SHA256withECDSA");
        check.initVerify(KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key.publicBase64()))));
        check.update("token é".getBytes(StandardCharsets.UTF_8));
        assertTrue(check.verify(Base64.getDecoder().decode(key.sign("token é"))));
    }

    @Test
    void whatIsNoKeyIsRefusedWithoutBeingShown() {
        IOException refused = assertThrows(IOException.class,
                () -> NodeKey.parse("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"));
        assertFalse(refused.getMessage().contains("c2VjcmV0"), refused.getMessage());
    }
}
