package io.openmds.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the native library once in a JVM: from the path given, else from {@code java.library.path},
 * else from this jar. A node whose library cannot be loaded must not start: it would decide without
 * recording.
 */
final class NativeLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
    private static final String NAME = "openmds_broker_plugin";
    /** What {@code scripts/native-libraries} and the profiles of the build know. */
    private static final List<String> PLATFORMS = List.of("linux-x86_64", "linux-aarch64", "linux-x86_64-musl",
            "linux-aarch64-musl", "darwin-aarch64");
    private static final Path MAPPED = Path.of("/proc/self/maps");
    private static String loadedFrom;

    private NativeLibrary() {}

    /** Loads the library; {@code explicitPath} may be null. A second call finds it loaded. */
    static synchronized void load(String explicitPath) {
        if (loadedFrom != null) {
            if (explicitPath != null && !explicitPath.equals(loadedFrom)) {
                LOG.warn("The native library is already loaded from {}; {}={} is not used",
                        loadedFrom, PluginConfig.LIBRARY_PATH, explicitPath);
            }
            return;
        }
        try {
            loadedFrom = explicitPath != null ? loadFile(explicitPath) : search();
        } catch (UnsatisfiedLinkError | IOException e) {
            throw new ConfigException("The native library of the OpenMDS plugin cannot be loaded: " + e.getMessage()
                    + ". The node does not start, because its decisions would not be recorded. Put "
                    + System.mapLibraryName(NAME) + " built for " + platform() + " on this machine and name it with "
                    + PluginConfig.LIBRARY_PATH + "; or, if it was taken from the jar, point -Djava.io.tmpdir at a"
                    + " folder that is writable and not mounted noexec.");
        }
        int version = NativeEngine.layoutVersion();
        if (version != NativeEngine.LAYOUT_VERSION) {
            throw new ConfigException("The native library " + loadedFrom + " speaks version " + version
                    + " of the bridge, this jar version " + NativeEngine.LAYOUT_VERSION
                    + ": install jar and library of one release.");
        }
        LOG.info("Loaded the native library of the OpenMDS plugin from {}", loadedFrom);
    }

    private static String loadFile(String path) {
        System.load(Path.of(path).toAbsolutePath().toString());
        return path;
    }

    private static String search() throws IOException {
        try {
            System.loadLibrary(NAME);
            return "java.library.path";
        } catch (UnsatisfiedLinkError absent) {
            return extract();
        }
    }

    private static String extract() throws IOException {
        String file = System.mapLibraryName(NAME);
        String resource = "/native/" + platform() + "/" + file;
        try (InputStream library = NativeLibrary.class.getResourceAsStream(resource)) {
            if (library == null) {
                throw new IOException("the jar holds no library for " + platform() + ", only for " + platforms());
            }
            Path copy = Files.createTempFile("openmds-", "-" + file);
            copy.toFile().deleteOnExit();
            Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
            System.load(copy.toString());
            // What is mapped stays; a killed broker leaves nothing behind.
            Files.deleteIfExists(copy);
            return "the jar, " + resource;
        }
    }

    /** This JVM's platform, such as {@code linux-x86_64} or {@code linux-aarch64-musl}: a folder of the jar. */
    static String platform() {
        return platform(System.getProperty("os.name", ""), System.getProperty("os.arch", ""), MAPPED);
    }

    /** {@code mapped} lists what a process on Linux has mapped, its C library among it. */
    static String platform(String osName, String osArch, Path mapped) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        String system = os.startsWith("mac") ? "darwin" : os.split(" ")[0];
        String library = system.equals("linux") && isMusl(mapped) ? "-musl" : "";
        return system + "-" + (arch.equals("amd64") ? "x86_64" : arch) + library;
    }

    /** Whether the C library of this JVM is musl, as on Alpine; a machine may have both. */
    private static boolean isMusl(Path mapped) {
        try (Stream<String> lines = Files.lines(mapped, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.contains("/ld-musl-") || line.contains("/libc.musl-"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** The platforms that the jar has a library for. */
    private static String platforms() {
        List<String> found = new ArrayList<>();
        for (String platform : PLATFORMS) {
            String file = platform.startsWith("darwin") ? "lib" + NAME + ".dylib" : "lib" + NAME + ".so";
            if (NativeLibrary.class.getResource("/native/" + platform + "/" + file) != null) {
                found.add(platform);
            }
        }
        return found.isEmpty() ? "none" : String.join(", ", found);
    }

    /** The jar's version, as its manifest has it. */
    static String version() {
        String version = NativeLibrary.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }
}
