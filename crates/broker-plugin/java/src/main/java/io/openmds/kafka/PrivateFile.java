package io.openmds.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that only the broker's user may read, and that survive a loss of power as they were written. */
final class PrivateFile {
    private PrivateFile() {}

    /** Puts these bytes in the place of what was there: whoever reads finds the old or the new, nothing between. */
    static void replace(Path file, byte[] bytes) throws IOException {
        Path directory = file.getParent();
        Path fresh = Files.createTempFile(directory, "." + file.getFileName() + "-", ".tmp", owners(directory, "rw-------"));
        try {
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                write(channel, bytes);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
        flush(directory);
    }

    /** Adds these bytes at the end of a file that is there. */
    static void append(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            write(channel, bytes);
        }
    }

    /** Makes a directory, and those above it, that only its owner may enter; one that is there stays as it is. */
    static void directory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, owners(directory.toAbsolutePath().getRoot(), "rwx------"));
        }
    }

    private static void write(FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
        channel.force(true);
    }

    private static void flush(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not every system can flush a directory; the file's content is safe all the same.
        }
    }

    /** Nothing on systems without such permissions. */
    private static FileAttribute<?>[] owners(Path on, String permissions) {
        if (!on.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))};
    }
}
