package io.openmds.kafka;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * What is left of decisions whose routing failed: enough to know who did what, as one JSON line for
 * the fallback log ({@code rulings.md} 20).
 */
final class UnroutedLine {
    private UnroutedLine() {}

    static String of(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results,
            String clusterId, String reason) {
        StringBuilder line = new StringBuilder(512);
        head(line, clusterId, reason);
        quoted(line.append(",\"authenticationInfo\":{\"principal\":"), String.valueOf(context.principal()));
        line.append("},\"request\":{\"api_key\":").append(context.requestType());
        line.append(",\"correlation_id\":\"").append(context.correlationId()).append("\"},\"authorizationInfo\":[");
        String comma = "";
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            boolean granted = results.get(i) == AuthorizationResult.ALLOWED;
            if (granted ? action.logIfAllowed() : action.logIfDenied()) {
                line.append(comma).append("{\"granted\":").append(granted);
                quoted(line.append(",\"operation\":"), action.operation().name());
                quoted(line.append(",\"resourceType\":"), action.resourcePattern().resourceType().name());
                quoted(line.append(",\"resourceName\":"), action.resourcePattern().name());
                line.append('}');
                comma = ",";
            }
        }
        return line.append("]}}").toString();
    }

    private static void head(StringBuilder line, String clusterId, String reason) {
        line.append("{\"specversion\":\"1.0\",\"id\":\"").append(UUID.randomUUID());
        quoted(line.append("\",\"source\":"), "crn:///kafka=" + clusterId);
        line.append(",\"type\":\"io.openmds.kafka/unrouted\",\"datacontenttype\":\"application/json\",\"time\":\"")
                .append(Instant.now());
        quoted(line.append("\",\"data\":{\"reason\":"), reason);
    }

    /** A log in that could not be recorded. */
    static String of(Pairs login, String clusterId, String reason) {
        StringBuilder line = new StringBuilder(512);
        head(line, clusterId, reason);
        String comma = ",\"login\":{";
        for (String key : new String[] {"principal", "mechanism", "identifier", "address", "accepted", "message"}) {
            String value = login.first(key);
            if (value != null) {
                quoted(line.append(comma).append('"').append(key).append("\":"), value);
                comma = ",";
            }
        }
        return line.append("}}}").toString();
    }

    private static void quoted(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '"' || letter == '\\') {
                line.append('\\').append(letter);
            } else if (letter < 0x20) {
                line.append(String.format("\\u%04x", (int) letter));
            } else {
                line.append(letter);
            }
        }
        line.append('"');
    }
}
