package io.openmds.kafka;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Pairs of texts, layout {@code OMP1} of {@code spec/native-bridge.md}. Keys may repeat. */
final class Pairs {
    private static final byte[] MAGIC = {'O', 'M', 'P', '1'};

    private final List<String[]> pairs = new ArrayList<>();

    Pairs add(String key, String value) {
        pairs.add(new String[] {key, value});
        return this;
    }

    /** The first value of the key, or null. */
    String first(String key) {
        List<String> values = all(key);
        return values.isEmpty() ? null : values.get(0);
    }

    List<String> all(String key) {
        List<String> values = new ArrayList<>();
        for (String[] pair : pairs) {
            if (pair[0].equals(key)) {
                values.add(pair[1]);
            }
        }
        return values;
    }

    /** Every pair, in order. */
    void forEach(BiConsumer<String, String> taker) {
        pairs.forEach(pair -> taker.accept(pair[0], pair[1]));
    }

    byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(MAGIC);
        out.writeBytes(number(pairs.size()));
        for (String[] pair : pairs) {
            for (String text : pair) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                out.writeBytes(number(bytes.length));
                out.writeBytes(bytes);
            }
        }
        return out.toByteArray();
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    /** Reads a message of the native library. */
    static Pairs decode(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        Pairs pairs = new Pairs();
        try {
            for (byte letter : MAGIC) {
                if (in.get() != letter) {
                    throw new IllegalStateException("the native library answered in another layout than OMP1");
                }
            }
            int count = in.getInt();
            for (int i = 0; i < count; i++) {
                pairs.add(text(in), text(in));
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new IllegalStateException("the native library answered with a cut message", e);
        }
        return pairs;
    }

    private static String text(ByteBuffer in) {
        int length = in.getInt();
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
