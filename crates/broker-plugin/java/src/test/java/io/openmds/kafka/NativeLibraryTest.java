package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library is loaded once in a JVM, so what happens without one is tried in a JVM of its own. */
class NativeLibraryTest {
    @TempDir
    Path directory;

    /** Prints the message of the refusal. */
    public static final class Refused {
        public static void main(String[] args) {
            try {
                Requests.configured(args.length == 0 ? args : new String[] {PluginConfig.LIBRARY_PATH, args[0]});
            } catch (ConfigException e) {
                System.out.print(e.getMessage());
                System.exit(42);
            }
        }
    }

    private static String refusal(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        Process other = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String message = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(42, other.waitFor(), message);
        return message;
    }

    @Test
    void aNodeWhoseLibraryCannotBeLoadedRefusesToStartAndSaysWhatToDo() throws Exception {
        String message = refusal(Refused.class.getName(), "/no/such/library.so");
        assertTrue(message.contains("/no/such/library.so"), message);
        assertTrue(message.contains(PluginConfig.LIBRARY_PATH), message);
        assertTrue(message.contains("noexec"), message);
    }

    /** {@code scripts/verify-dist} says which library these tests shall be about; else it is the one in the jar. */
    @Test
    void theseTestsAreAboutTheLibraryThatWasMeant() throws Exception {
        NativeLibrary.load(null);
        String meant = System.getenv().getOrDefault("OPENMDS_EXPECTED_LIBRARY", "-libopenmds_broker_plugin.so");
        Path mapped = Path.of("/proc/self/maps");
        if (Files.exists(mapped)) { // On Linux only.
            assertTrue(Files.readString(mapped).contains(meant), meant + " is not loaded");
        }
    }

    @Test
    void aPlatformForWhichTheJarHasNoLibraryIsRefusedByName() throws Exception {
        String message = refusal("-Dos.arch=riscv64", "-Djava.library.path=" + directory, Refused.class.getName());
        assertTrue(message.contains("the jar holds no library for linux-riscv64"), message);
        assertTrue(message.contains("only for ") && message.contains(NativeLibrary.platform()), message);
        assertTrue(message.contains(PluginConfig.LIBRARY_PATH), message);
    }

    @Test
    void thePlatformIsNamedAsInTheJar() throws Exception {
        assertTrue(NativeLibrary.platform().matches("(linux|darwin|windows)-[a-z0-9_]+(-musl)?"), NativeLibrary.platform());
        String jvm = "7f00-7f01 r-xp 0 0 0 /usr/lib/jvm/lib/server/libjvm.so\n";
        Path glibc = Files.writeString(directory.resolve("glibc"), jvm + "7f02-7f03 r-xp 0 0 0 /usr/lib/libc.so.6\n");
        Path musl = Files.writeString(directory.resolve("musl"), jvm + "7f02-7f03 r-xp 0 0 0 /lib/ld-musl-aarch64.so.1\n");
        Path none = directory.resolve("none");
        assertEquals("linux-x86_64", NativeLibrary.platform("Linux", "amd64", glibc));
        assertEquals("linux-aarch64", NativeLibrary.platform("Linux", "aarch64", none));
        assertEquals("linux-aarch64-musl", NativeLibrary.platform("Linux", "aarch64", musl));
        assertEquals("darwin-aarch64", NativeLibrary.platform("Mac OS X", "aarch64", none));
    }
}
