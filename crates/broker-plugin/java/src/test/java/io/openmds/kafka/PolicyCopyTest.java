package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCopyTest {
    @TempDir
    Path directory;

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void changesFollowTheSnapshotInAFileForTheOwnerAlone() throws IOException {
        Path file = directory.resolve("policy.omf");
        PolicyCopy copy = new PolicyCopy(file);
        assertNull(copy.read());
        assertFalse(copy.append(bytes(9)), "there is nothing to append to");
        copy.replace(bytes(1, 2));
        assertTrue(copy.append(bytes(3)));
        assertArrayEquals(bytes(1, 2, 3), copy.read());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void whatWasThereBeforeThisProcessIsReplacedAsAWhole() throws IOException {
        Path file = directory.resolve("policy.omf");
        new PolicyCopy(file).replace(bytes(1));
        PolicyCopy next = new PolicyCopy(file);
        assertFalse(next.append(bytes(2)), "a torn frame could stand at its end");
        next.replace(bytes(4));
        assertArrayEquals(bytes(4), next.read());
    }

    @Test
    void manyChangesAskForAWholePolicy() {
        PolicyCopy copy = new PolicyCopy(directory.resolve("policy.omf"));
        copy.replace(bytes(1));
        assertTrue(copy.append(new byte[200 * 1024]));
        assertFalse(copy.append(new byte[100 * 1024]));
    }

    @Test
    void aDiskThatFailsIsSaidAndMends() throws IOException {
        Path gone = directory.resolve("gone");
        Files.createDirectory(gone);
        PolicyCopy copy = new PolicyCopy(gone.resolve("policy.omf"));
        copy.replace(bytes(1));
        Files.delete(gone.resolve("policy.omf"));
        Files.delete(gone);
        assertTrue(copy.append(bytes(2)), "the policy in memory goes on");
        assertNotNull(copy.trouble());
        assertFalse(copy.append(bytes(3)), "only a whole policy mends it");
        copy.replace(bytes(4));
        assertNotNull(copy.trouble());
        Files.createDirectory(gone);
        copy.replace(bytes(5));
        assertNull(copy.trouble());
        assertArrayEquals(bytes(5), copy.read());
    }
}
