package io.openmds.kafka;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The server's public keys on their way from the feed of this process's node to those who check tokens. */
final class FeedKeys {
    /** By the directory of the feed: several nodes in one process do not mix. */
    private static final Map<Path, FeedKeys> OF_NODES = new ConcurrentHashMap<>();

    private final List<Consumer<byte[]>> takers = new CopyOnWriteArrayList<>();
    private byte[] last;

    static FeedKeys of(Path directory) {
        return OF_NODES.computeIfAbsent(directory, any -> new FeedKeys());
    }

    /** The text of a JWKS came; null is nothing new. */
    synchronized void came(String jwks) {
        if (jwks == null) {
            return;
        }
        last = jwks.getBytes(StandardCharsets.UTF_8);
        takers.forEach(taker -> taker.accept(last));
    }

    /** The taker is handed what is known now, if anything, and whatever comes. */
    synchronized void follow(Consumer<byte[]> taker) {
        takers.add(taker);
        if (last != null) {
            taker.accept(last);
        }
    }

    synchronized void leave(Consumer<byte[]> taker) {
        takers.remove(taker);
    }
}
