package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

/** A library is loaded once in a JVM, so what happens without one is tried in a JVM of its own. */
class NativeLibraryTest {
    /** Prints the message of the refusal. */
    public static final class Refused {
        public static void main(String[] args) {
            try {
                Requests.configured(PluginConfig.LIBRARY_PATH, args[0]);
            } catch (ConfigException e) {
                System.out.print(e.getMessage());
                System.exit(42);
            }
        }
    }

    @Test
    void aNodeWhoseLibraryCannotBeLoadedRefusesToStartAndSaysWhatToDo() throws Exception {
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), Refused.class.getName(), "/no/such/library.so")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String message = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(42, other.waitFor(), message);
        assertTrue(message.contains("/no/such/library.so"), message);
        assertTrue(message.contains(PluginConfig.LIBRARY_PATH), message);
        assertTrue(message.contains("noexec"), message);
    }

    @Test
    void thePlatformIsNamedAsInTheJar() {
        assertTrue(NativeLibrary.platform().matches("(linux|darwin|windows)-[a-z0-9_]+"), NativeLibrary.platform());
    }
}
