package io.openmds.kafka;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection that failed to authenticate, as Kafka's {@code org.apache.kafka.common.network.Selector} logs it in the words
 * of its server (3.6 to 4.4). Its clients' lines, such as the exporter's own, are none.
 */
final class RefusedLogin {
    /** Begins every line of a server's selector. */
    private static final String SERVER = "[SocketServer listenerType=";
    private static final Pattern LINE = Pattern.compile("\\[SocketServer listenerType=(\\w+), nodeId=-?\\d+\\] "
            + "Failed (?:re-)?authentication with [^(]*\\(channelId=(\\S+?):(\\d+)-(\\S+):(\\d+)(?:-\\d+)+\\) \\((.*)\\)", Pattern.DOTALL);
    private static final Pattern MECHANISM = Pattern.compile("with SASL mechanism ([A-Z0-9-]+)");
    private static final String TLS = "SSL handshake failed";

    final boolean byController;
    /** The port of the listener, as bound. */
    final int port;
    /** The client's address. */
    final String address;
    final String reason;

    private RefusedLogin(Matcher line) {
        byController = line.group(1).equals("CONTROLLER");
        port = Integer.parseInt(line.group(3));
        address = line.group(4);
        reason = line.group(6);
    }

    /** Null if the line says something else. */
    static RefusedLogin of(String line) {
        if (line == null || !line.startsWith(SERVER)) {
            return null;
        }
        Matcher matcher = LINE.matcher(line);
        try {
            return matcher.matches() ? new RefusedLogin(matcher) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** What was tried, as far as the reason tells: {@code SSL}, {@code SASL_SSL/PLAIN}, {@code SASL_SSL}; empty if nothing is known. */
    String mechanism(Listeners listeners) {
        Listeners.Listener listener = listeners.atPort(port);
        if (listener == null) {
            return "";
        }
        if (!listener.protocol.startsWith("SASL") || reason.startsWith(TLS)) {
            return listener.protocol;
        }
        String tried = tried(listener);
        return tried == null ? listener.protocol : listener.protocol + "/" + tried;
    }

    private String tried(Listeners.Listener listener) {
        Matcher named = MECHANISM.matcher(reason);
        if (named.find() && listener.mechanisms.contains(named.group(1))) {
            return named.group(1);
        }
        if (reason.equals("Authentication failed: Invalid username or password")) {
            return "PLAIN";
        }
        if (reason.startsWith("{\"status\":")) {
            return "OAUTHBEARER";
        }
        boolean other = reason.contains("not enabled in the server") || reason.startsWith("Unexpected Kafka request");
        return listener.mechanisms.size() == 1 && !other ? listener.mechanisms.get(0) : null;
    }
}
