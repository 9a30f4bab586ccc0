package io.openmds.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Segments of a spool, read as {@code spec/spool.md} describes them, apart from the code that writes them. */
final class Segments {
    private static final int MARK = 0xFE4F4D42;
    private static final int HEAD = 56;

    private Segments() {}

    /** Where each block of a segment begins, and its end. */
    static List<Integer> blocks(byte[] segment) {
        List<Integer> found = new ArrayList<>();
        for (int at = 0; at + HEAD <= segment.length; at++) {
            if (ByteBuffer.wrap(segment).getInt(at) == MARK) {
                found.add(at);
            }
        }
        found.add(segment.length);
        return found;
    }

    /** Everything that its whole blocks hold. */
    static String text(Path file) {
        try {
            byte[] segment = Files.readAllBytes(file);
            StringBuilder text = new StringBuilder();
            for (int from : blocks(segment)) {
                int end = from == segment.length ? from : from + HEAD + ByteBuffer.wrap(segment).getInt(from + 4);
                if (from < end && end <= segment.length) {
                    text.append(unpacked(segment, from, end));
                }
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unpacked(byte[] segment, int from, int end) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (int at = from + HEAD; at < end; at++) {
            packed.write((segment[at] & 0xFF) == 0xFD ? 0xFD + segment[++at] : segment[at]);
        }
        byte[] bytes = packed.toByteArray();
        int size = ByteBuffer.wrap(segment).getInt(from + 48);
        return new String(bytes.length == size ? bytes : lz4(ByteBuffer.wrap(bytes), size), StandardCharsets.UTF_8);
    }

    /** One block of LZ4. */
    private static byte[] lz4(ByteBuffer in, int size) {
        byte[] out = new byte[size];
        int at = 0;
        while (in.hasRemaining()) {
            int token = in.get() & 0xFF;
            int literals = length(token >> 4, in);
            in.get(out, at, literals);
            at += literals;
            if (in.hasRemaining()) {
                int back = in.get() & 0xFF | (in.get() & 0xFF) << 8;
                for (int left = length(token & 15, in) + 4; left > 0; left--, at++) {
                    out[at] = out[at - back];
                }
            }
        }
        return out;
    }

    private static int length(int nibble, ByteBuffer in) {
        int length = nibble;
        for (int more = nibble == 15 ? 255 : 0; more == 255;) {
            more = in.get() & 0xFF;
            length += more;
        }
        return length;
    }

    /** Changes the last byte of a block, counted from 0. */
    static void damage(Path file, int block) throws IOException {
        byte[] segment = Files.readAllBytes(file);
        segment[blocks(segment).get(block + 1) - 1] ^= 1;
        Files.write(file, segment);
    }
}
