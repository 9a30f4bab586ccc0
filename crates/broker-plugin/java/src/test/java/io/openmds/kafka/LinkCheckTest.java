package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check finds what is missing; and the release that the plugin is compiled against has everything. */
class LinkCheckTest {
    @TempDir
    Path directory;

    static final class Callee {
        static void here() {}
    }

    static final class Caller {
        static void call() {
            Callee.here();
        }
    }

    interface Asking {
        void answer();
    }

    static class Answering implements Asking {
        @Override
        public void answer() {}
    }

    private Path jar(String name, Map<String, byte[]> files) throws IOException {
        Path jar = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                entries.putNextEntry(new JarEntry(file.getKey()));
                entries.write(file.getValue());
            }
        }
        return jar;
    }

    /** A class file in which a word is another of the same length. */
    private static Map<String, byte[]> classFile(Class<?> of, String word, String other) throws IOException {
        String file = of.getName().replace('.', '/') + ".class";
        byte[] bytes = of.getClassLoader().getResourceAsStream(file).readAllBytes();
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replace(word, other);
        return Map.of(file, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Path plugin() throws IOException {
        Path classes = Path.of(OpenMdsAuthorizer.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(classes)) {
            for (Path file : all.filter(path -> path.toString().endsWith(".class")).collect(Collectors.toList())) {
                files.put(classes.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return jar("plugin.jar", files);
    }

    private static List<Path> classPath(String without) {
        return Arrays.stream(System.getProperty("java.class.path").split(":")).filter(path -> path.endsWith(".jar"))
                .filter(path -> without == null || !path.contains(without)).map(Path::of).collect(Collectors.toCollection(ArrayList::new));
    }

    @Test
    void theReleaseItIsCompiledAgainstHasAllThatThePluginNames() throws Exception {
        assertEquals(Set.of(), LinkCheck.missing(plugin(), classPath(null), 1_000));
    }

    @Test
    void aMissingJarIsSeen() throws Exception {
        Set<String> missing = LinkCheck.missing(plugin(), classPath("kafka-metadata"), 1_000);
        assertTrue(missing.stream().anyMatch(what -> what.startsWith("org.apache.kafka.metadata.authorizer.StandardAuthorizer")),
                missing.toString());
        assertTrue(missing.stream().noneMatch(what -> what.startsWith("org.apache.kafka.common.config.ConfigException")),
                missing.toString());
    }

    @Test
    void aMissingMethodIsSeen() throws Exception {
        Path callee = jar("callee.jar", classFile(Callee.class, "here", "here"));
        Path caller = jar("caller.jar", classFile(Caller.class, "here", "here"));
        assertEquals(Set.of(), named(LinkCheck.missing(caller, List.of(callee), 1)));
        Path other = jar("other.jar", classFile(Callee.class, "here", "gone"));
        assertEquals(Set.of(Callee.class.getName() + ".here ()V, of " + Caller.class.getName()),
                named(LinkCheck.missing(caller, List.of(other), 1)));
    }

    @Test
    void aMethodThatAnInterfaceNowAsksForIsSeen() throws Exception {
        Path asking = jar("asking.jar", classFile(Asking.class, "answer", "reply!"));
        Path own = jar("own.jar", classFile(Answering.class, "answer", "answer"));
        Set<String> missing = named(LinkCheck.missing(own, List.of(asking), 1));
        assertEquals(1, missing.size(), missing.toString());
        assertTrue(missing.iterator().next().contains("Answering does not implement"), missing.toString());
    }

    @Test
    void aJarThatNamesNextToNothingIsNoProof() throws Exception {
        Path caller = jar("caller.jar", classFile(Caller.class, "here", "here"));
        Path callee = jar("callee.jar", classFile(Callee.class, "here", "here"));
        assertTrue(LinkCheck.missing(caller, List.of(callee), 1_000).stream().anyMatch(what -> what.contains("not the jar")));
    }

    /** Without the class around the nested ones, which is in neither jar. */
    private static Set<String> named(Set<String> missing) {
        return missing.stream().filter(what -> !what.startsWith(LinkCheckTest.class.getName() + ",")).collect(Collectors.toSet());
    }
}
