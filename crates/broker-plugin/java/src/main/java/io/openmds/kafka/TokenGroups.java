package io.openmds.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/**
 * The groups that a token names, which its validator has accepted before. Asked for with every request up to Kafka 4.3, so
 * that each thread remembers the tokens it met last.
 */
final class TokenGroups {
    private static final int MOST_GROUPS = 1_000;
    private static final int MOST_CHARACTERS = 32 * 1024;
    private static final int REMEMBERED = 1_024;

    private final String claim;
    private final ThreadLocal<Map<String, List<String>>> met = ThreadLocal.withInitial(() -> new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
            return size() > REMEMBERED;
        }
    });

    TokenGroups(String claim) {
        this.claim = claim;
    }

    /** The groups in this token; none if it is no JWT or names none. */
    List<String> of(String token) {
        Map<String, List<String>> known = met.get();
        List<String> groups = known.get(token);
        if (groups == null) {
            groups = read(token);
            known.put(token, groups);
        }
        return groups;
    }

    private List<String> read(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return List.of();
        }
        JsonNode named;
        try {
            named = StrictJson.object(Base64.getUrlDecoder().decode(parts[1].getBytes(StandardCharsets.US_ASCII))).get(claim);
        } catch (IOException | IllegalArgumentException e) {
            // The groups that it may name decide what is denied as well: nobody is let in without them.
            throw new KafkaException("the payload of a token cannot be read for its groups (" + e.getMessage() + ")");
        }
        Set<String> groups = new LinkedHashSet<>();
        if (named != null && named.isTextual()) {
            groups.add(named.textValue());
        } else if (named != null && named.isArray()) {
            named.forEach(group -> {
                if (group.isTextual()) {
                    groups.add(group.textValue());
                }
            });
        }
        groups.removeIf(String::isEmpty);
        int characters = groups.stream().mapToInt(String::length).sum();
        if (groups.size() > MOST_GROUPS || characters > MOST_CHARACTERS) {
            // To leave some out could leave out the one that is denied something.
            throw new KafkaException("a token names " + groups.size() + " groups of " + characters + " characters; at most "
                    + MOST_GROUPS + " of " + MOST_CHARACTERS + " are taken, and none is left out: have it name fewer");
        }
        return List.copyOf(groups);
    }
}
