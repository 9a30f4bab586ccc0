package io.openmds.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Golden bytes of {@code spec/formats}: hexadecimal, with comments after {@code #}. */
final class Golden {
    private Golden() {}

    static byte[] read(String name) throws IOException {
        Path file = Path.of(System.getProperty("openmds.spec.dir"), "formats", name);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String line : Files.readAllLines(file)) {
            String hex = line.split("#", 2)[0].replace(" ", "");
            for (int i = 0; i < hex.length(); i += 2) {
                bytes.write(Integer.parseInt(hex.substring(i, i + 2), 16));
            }
        }
        return bytes.toByteArray();
    }
}
