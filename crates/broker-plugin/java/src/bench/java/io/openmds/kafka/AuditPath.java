package io.openmds.kafka;

import java.nio.file.Path;

/** The way of an event after the queue. {@code bench/run audit} starts one part at a time. */
public final class AuditPath {
    private AuditPath() {}

    /**
     * {@code delivery servers} | {@code disk directory} | {@code memory servers directory} |
     * {@code outage servers pid directory events-a-second}
     */
    public static void main(String[] args) throws Exception {
        NativeLibrary.load(null);
        switch (args[0]) {
            case "delivery":
                new Delivery(args[1]).measure();
                break;
            case "disk":
                new ToDisk(Path.of(args[1])).measure();
                break;
            case "memory":
                new PathMemory(args[1], Path.of(args[2])).measure();
                break;
            case "outage":
                new Outage(args[1], Long.parseLong(args[2]), Path.of(args[3])).measure(Long.parseLong(args[4]));
                break;
            default:
                throw new IllegalArgumentException(args[0]);
        }
    }
}
