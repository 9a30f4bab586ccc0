package io.openmds.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Whether everything that the plugin's classes name exists in a release of Kafka, and whether they
 * implement what its interfaces ask for: what a broker would find out by an error at its first
 * request. {@code ./test} runs it on the jars of the supported releases.
 */
public final class LinkCheck {
    private final URLClassLoader loader;
    private final Set<String> missing = new TreeSet<>();
    private int checked;

    private LinkCheck(Path plugin, List<Path> release) throws IOException {
        List<URL> urls = new ArrayList<>(List.of(plugin.toUri().toURL()));
        for (Path jar : release) {
            urls.add(jar.toUri().toURL());
        }
        loader = new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    /** What is missing, one thing a line; {@code least} references at least must have been looked at. */
    static Set<String> missing(Path plugin, List<Path> release, int least) throws IOException {
        LinkCheck check = new LinkCheck(plugin, release);
        try (JarFile jar = new JarFile(plugin.toFile())) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (entry.getName().endsWith(".class")) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        check.classFile(entry.getName().replace(".class", "").replace('/', '.'), in.readAllBytes());
                    }
                }
            }
        } finally {
            check.loader.close();
        }
        if (check.checked < least) {
            check.missing.add(plugin + ": only " + check.checked + " references, not the jar of the plugin");
        }
        return check.missing;
    }

    /** Of the two that read along in Kafka's log one is never loaded: {@link RefusalTap} looks for the same classes. */
    private boolean isOfOtherLog(String name) {
        String log4j2 = "org.apache.logging.slf4j.Log4jLoggerFactory";
        String reload4j = "org.slf4j.impl.Reload4jLoggerFactory";
        boolean onlyReload4j = exists(reload4j) && !exists(log4j2);
        boolean onlyLog4j2 = exists(log4j2) && !exists(reload4j);
        return onlyReload4j && name.startsWith("io.openmds.kafka.Log4j2Tap")
                || onlyLog4j2 && name.startsWith("io.openmds.kafka.Reload4jTap");
    }

    private boolean exists(String name) {
        try {
            Class.forName(name, false, loader);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private void classFile(String name, byte[] bytes) throws IOException {
        if (isOfOtherLog(name)) {
            return;
        }
        for (ClassReferences.Reference reference : ClassReferences.of(bytes)) {
            boolean primitive = reference.owner.length() == 1;
            // Whoever names one of the two is looked at; the other one is named for its constructor alone.
            if (!isOfOtherLog(reference.owner) && !primitive && !reference.owner.startsWith("java.")) {
                checked++;
                if (!exists(reference)) {
                    missing.add(reference + ", of " + name);
                }
            }
        }
        try {
            Class<?> own = Class.forName(name, false, loader);
            if (!Modifier.isAbstract(own.getModifiers())) {
                Arrays.stream(own.getMethods()).filter(method -> Modifier.isAbstract(method.getModifiers()))
                        .forEach(method -> missing.add(name + " does not implement " + method));
            }
        } catch (ClassNotFoundException | LinkageError e) {
            missing.add(e + ", of " + name);
        }
    }

    private boolean exists(ClassReferences.Reference reference) {
        try {
            Class<?> owner = Class.forName(reference.owner, false, loader);
            return reference.member == null || has(owner, reference);
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** Looks where the JVM does: the class, those above it, their interfaces. */
    private static boolean has(Class<?> owner, ClassReferences.Reference reference) {
        if (owner == null) {
            return false;
        }
        boolean here;
        if (!reference.isMethod()) {
            here = Arrays.stream(owner.getDeclaredFields()).anyMatch(field -> field.getName().equals(reference.member)
                    && MethodType.methodType(field.getType()).toMethodDescriptorString().equals("()" + reference.descriptor));
        } else if (reference.member.equals("<init>")) {
            return Arrays.stream(owner.getDeclaredConstructors())
                    .anyMatch(one -> descriptor(void.class, one).equals(reference.descriptor));
        } else {
            here = Arrays.stream(owner.getDeclaredMethods()).anyMatch(method -> is(method, reference));
        }
        if (here || has(owner.getSuperclass(), reference)) {
            return true;
        }
        if (owner.isInterface() && has(Object.class, reference)) {
            return true;
        }
        return Arrays.stream(owner.getInterfaces()).anyMatch(above -> has(above, reference));
    }

    private static boolean is(Method method, ClassReferences.Reference reference) {
        return method.getName().equals(reference.member)
                && descriptor(method.getReturnType(), method).equals(reference.descriptor);
    }

    private static String descriptor(Class<?> answer, Executable of) {
        return MethodType.methodType(answer, of.getParameterTypes()).toMethodDescriptorString();
    }

    static List<Path> jars(Path directory) {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
            files.forEach(jars::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jars;
    }

    /** {@code plugin.jar directory...}: exit 1 if anything is missing in any directory of jars. */
    public static void main(String[] args) throws IOException {
        boolean complete = args.length > 1;
        for (String directory : Arrays.asList(args).subList(1, args.length)) {
            List<Path> jars = jars(Path.of(directory));
            Set<String> missing = missing(Path.of(args[0]), jars, 1_000);
            missing.forEach(what -> System.err.println(directory + " has not " + what));
            System.out.println(directory + ": " + jars.size() + " jars, " + missing.size() + " things missing");
            complete &= missing.isEmpty();
        }
        System.exit(complete ? 0 : 1);
    }
}
