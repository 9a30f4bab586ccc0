package io.openmds.kafka;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What the plugin's Java half needs to know of a valid document. */
final class AppliedDocument {
    private static final int LAID_OUT = 128;
    private static final int FETCH = 1;

    /** The document's version, or empty if it carries none. */
    final String resourceVersion;

    final int routes;
    final List<String> bootstrapServers;
    /** Destination topics and their retention in milliseconds, where the document says it. */
    final Map<String, OptionalLong> topics;
    /** Bit 0: allowed decisions of the method may lead to a topic; bit 1: denied ones. */
    private final byte[] interest;
    final KnownDiscards knownDiscards = new KnownDiscards();

    AppliedDocument(Pairs summary) {
        resourceVersion = summary.first("resource_version");
        routes = Integer.parseInt(summary.first("routes"));
        bootstrapServers = List.copyOf(summary.all("bootstrap_server"));
        List<String> names = summary.all("topic");
        List<String> retentions = new ArrayList<>(summary.all("retention_ms"));
        Map<String, OptionalLong> found = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String retention = retentions.get(i);
            found.put(names.get(i),
                    retention.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(retention)));
        }
        topics = Collections.unmodifiableMap(found);
        String digits = summary.first("interest");
        interest = new byte[digits.length()];
        for (int i = 0; i < interest.length; i++) {
            interest[i] = (byte) (digits.charAt(i) - '0');
        }
    }

    /** Whether any rule could send decisions of this API to a topic: bit 0 allowed, bit 1 denied. */
    int interest(int apiKey, boolean clusterAction) {
        if (apiKey == FETCH && clusterAction) {
            return interest[LAID_OUT];
        }
        return apiKey >= 0 && apiKey < LAID_OUT ? interest[apiKey] : interest[LAID_OUT + 1];
    }
}
