package io.openmds.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The file in which a broker keeps the last good JWKS, so that it starts, and lets clients in, while the server is
 * away. Replaced as a whole, never changed in place; readable by its owner only.
 */
final class JwksCache {
    private final Path file;
    private Object seen;

    JwksCache(Path file) {
        this.file = file.toAbsolutePath();
    }

    /** What the file holds; null if there is none, or none that has changed since the last call or {@link #replace}. */
    byte[] readIfChanged() throws IOException {
        Object now = identity();
        if (now == null || now.equals(seen)) {
            return null;
        }
        seen = now;
        if (Files.size(file) > Jwks.MOST_BYTES) {
            throw new IOException("longer than " + Jwks.MOST_BYTES + " bytes");
        }
        return Files.readAllBytes(file);
    }

    /** Puts these bytes in the place of what was there: whoever reads finds the old or the new, nothing between. */
    void replace(byte[] bytes) throws IOException {
        PrivateFile.replace(file, bytes);
        seen = identity();
    }

    /** File, size and time of change; null if there is no file. */
    private Object identity() throws IOException {
        try {
            BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
            return is.fileKey() + " " + is.size() + " " + is.lastModifiedTime();
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
