package io.openmds.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy on the node's disk, so that it starts and decides while no server answers: the frames of the feed as they came
 * ({@code spec/feed.md}), first a snapshot, then changes, each with its checksum. A frame that was cut is left out when it
 * is read; a disk that fails takes nothing from the policy in memory.
 */
final class PolicyCopy {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyCopy.class);
    /** Changes may take as much room as this many snapshots, and as this many bytes in any case. */
    private static final int CHANGES_PER_SNAPSHOT = 2;
    private static final long FEW_BYTES = 256 * 1024;

    private final Path file;
    private long snapshotBytes;
    private long changeBytes;
    /** Nothing can be appended to what is on the disk. */
    private boolean behind = true;
    private volatile String trouble;

    PolicyCopy(Path file) {
        this.file = file;
    }

    /** The frames, or null if there are none. */
    byte[] read() throws IOException {
        return Files.exists(file) ? Files.readAllBytes(file) : null;
    }

    /** Keeps one whole policy in the place of all that was. */
    void replace(byte[] snapshot) {
        try {
            PrivateFile.replace(file, snapshot);
            snapshotBytes = snapshot.length;
            changeBytes = 0;
            behind = false;
            well();
        } catch (IOException e) {
            behind = true;
            ill(e);
        }
    }

    /** Keeps changes that follow what was kept; false if a whole policy is needed instead. */
    boolean append(byte[] changes) {
        if (behind || changeBytes + changes.length > Math.max(FEW_BYTES, snapshotBytes * CHANGES_PER_SNAPSHOT)) {
            return false;
        }
        try {
            PrivateFile.append(file, changes);
            changeBytes += changes.length;
            well();
            return true;
        } catch (IOException e) {
            behind = true; // A torn frame may stand at the end: only a whole policy mends that.
            ill(e);
            return true;
        }
    }

    /** Why the copy is older than the policy in memory; null if it is not. */
    String trouble() {
        return trouble;
    }

    private void well() {
        if (trouble != null) {
            LOG.info("The policy is kept in {} again", file);
            trouble = null;
        }
    }

    private void ill(IOException e) {
        if (trouble == null) {
            LOG.warn("The policy is in force, but cannot be kept in {} ({}): after a restart this node would decide by the copy"
                    + " that is there until a server answers", file, e.toString());
        }
        trouble = e.toString();
    }
}
