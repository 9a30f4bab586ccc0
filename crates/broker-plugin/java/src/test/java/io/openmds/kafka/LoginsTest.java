package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import javax.security.sasl.SaslServer;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.PlaintextAuthenticationContext;
import org.apache.kafka.common.security.auth.SaslAuthenticationContext;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.auth.SslAuthenticationContext;
import org.apache.kafka.common.utils.LogContext;
import org.junit.jupiter.api.Test;

/** Log ins as events: one for each connection, and one for each time that it authenticates again. */
class LoginsTest {
    private static final String[] ON = {PluginConfig.AUTHENTICATION_ENABLE, "true", "principal.builder.class",
            OpenMdsPrincipalBuilder.class.getName(), "sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256"};

    private static OpenMdsPrincipalBuilder builder() {
        OpenMdsPrincipalBuilder builder = new OpenMdsPrincipalBuilder();
        builder.configure(Map.of("ssl.principal.mapping.rules", "DEFAULT"));
        return builder;
    }

    private static InetAddress address() {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, 7});
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SaslServer exchange(String mechanism, String user) {
        return (SaslServer) Proxy.newProxyInstance(LoginsTest.class.getClassLoader(), new Class<?>[] {SaslServer.class},
                (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "getMechanismName":
                            return mechanism;
                        case "getAuthorizationID":
                            return user;
                        case "isComplete":
                            return true;
                        default:
                            return null;
                    }
                });
    }

    private static AuthenticationContext sasl(SaslServer exchange) {
        return new SaslAuthenticationContext(exchange, SecurityProtocol.SASL_SSL, address(), "CLIENT", Optional.empty());
    }

    private static SSLSession session(String subject) {
        return (SSLSession) Proxy.newProxyInstance(LoginsTest.class.getClassLoader(), new Class<?>[] {SSLSession.class},
                (self, method, arguments) -> {
                    if (!method.getName().equals("getPeerPrincipal")) {
                        return null;
                    }
                    if (subject == null) {
                        throw new SSLPeerUnverifiedException("no certificate");
                    }
                    return new X500Principal(subject);
                });
    }

    private static List<String> events(FallbackLines lines) {
        return lines.all().stream().filter(line -> line.contains("kafka.Authentication")).collect(Collectors.toList());
    }

    private static List<String> events(FallbackLines lines, int count) {
        FallbackLines.until(() -> events(lines).size() >= count, () -> "not " + count + " events: " + lines.all());
        return events(lines);
    }

    @Test
    void manyRequestsOfAConnectionAreOneLogIn() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started(ON)) {
            AuthenticationContext first = sasl(exchange("SCRAM-SHA-256", "alice"));
            OpenMdsPrincipalBuilder builder = builder();
            for (int i = 0; i < 1_000; i++) {
                assertEquals("User:alice", builder.build(first).toString());
            }
            builder.build(sasl(exchange("PLAIN", "bob")));
            for (int i = 0; i < 1_000; i++) {
                builder.build(first);
            }
            List<String> events = events(lines, 2);
            assertEquals(2, events.size(), events.toString());
            for (String part : List.of("\"type\":\"io.confluent.kafka.server/authentication\"",
                    "\"subject\":\"crn:///kafka=" + Requests.CLUSTER_ID + "\"", "\"principal\":\"User:alice\"",
                    "\"mechanism\":\"SASL_SSL/SCRAM-SHA-256\",\"identifier\":\"alice\"", "\"client_address\":\"/10.0.0.7\"",
                    "\"status\":\"SUCCESS\"")) {
                assertTrue(events.get(0).contains(part), part + " is not in " + events.get(0));
            }
            assertTrue(events.get(1).contains("SASL_SSL/PLAIN"), events.get(1));
            assertEquals(2, authorizer.countersForTest().getAcceptedLogins());
        }
    }

    @Test
    void authenticatingAgainIsALogInOfItsOwn() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started(ON)) {
            builder().build(sasl(exchange("PLAIN", "alice")));
            builder().build(sasl(exchange("PLAIN", "alice")));
            assertEquals(2, events(lines, 2).size());
            assertEquals(2, authorizer.countersForTest().getAcceptedLogins());
        }
    }

    @Test
    void aResumedTlsSessionIsALogInForEachConnection() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started(ON)) {
            SSLSession session = session("CN=alice,O=Example");
            InetAddress socket = address();
            for (int i = 0; i < 100; i++) {
                builder().build(new SslAuthenticationContext(session, socket, "CLIENT"));
            }
            builder().build(new SslAuthenticationContext(session, address(), "CLIENT"));
            builder().build(new SslAuthenticationContext(session(null), address(), "CLIENT"));
            List<String> events = events(lines, 3);
            assertEquals(3, events.size(), events.toString());
            assertTrue(events.get(0).contains("\"principal\":\"User:CN=alice,O=Example\",\"metadata\":{\"mechanism\":\"SSL\","
                    + "\"identifier\":\"CN=alice,O=Example\"}"), events.get(0));
            assertTrue(events.get(2).contains("\"principal\":\"User:ANONYMOUS\",\"metadata\":{\"mechanism\":\"SSL\","
                    + "\"identifier\":\"\"}"), events.get(2));
            assertEquals(3, authorizer.countersForTest().getAcceptedLogins());
        }
    }

    /** What {@link Logins} takes for granted about addresses of sockets. */
    @Test
    void aSocketHasOneAddressObjectOfItsOwn() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel one = SocketChannel.open(server.getLocalAddress());
                SocketChannel accepted = server.accept();
                SocketChannel two = SocketChannel.open(server.getLocalAddress());
                SocketChannel alsoAccepted = server.accept()) {
            assertTrue(one.isConnected() && two.isConnected());
            assertSame(accepted.socket().getInetAddress(), accepted.socket().getInetAddress());
            assertNotSame(accepted.socket().getInetAddress(), alsoAccepted.socket().getInetAddress());
        }
    }

    @Test
    void withoutAuthenticationOrSwitchedOffThereIsNoEvent() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started(ON)) {
            builder().build(new PlaintextAuthenticationContext(address(), "CLIENT"));
            builder().build(sasl(exchange("PLAIN", "last")));
            assertEquals(1, events(lines, 1).size());
            assertEquals(1, authorizer.countersForTest().getAcceptedLogins());
        }
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            builder().build(sasl(exchange("PLAIN", "alice")));
            refuse("BROKER", 9092, "no");
            assertEquals(0, authorizer.countersForTest().getAcceptedLogins());
            assertEquals(0, authorizer.countersForTest().getRefusedLogins());
        }
    }

    private static void refuse(String listenerType, int port, String why) {
        new LogContext("[SocketServer listenerType=" + listenerType + ", nodeId=1] ").logger(Selector.class)
                .info("Failed {}authentication with {} ({})", "",
                        "/10.0.0.8 (channelId=127.0.0.1:" + port + "-10.0.0.8:50624-0-3)", why);
    }

    @Test
    void whoIsRefusedIsReadFromKafkasLog() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started(ON)) {
            refuse("BROKER", 9092, "Authentication failed: Invalid username or password");
            refuse("CONTROLLER", 9093, "not at this instance's listeners");
            new LogContext("[Producer clientId=openmds-audit] ").logger(Selector.class)
                    .info("Failed {}authentication with {} ({})", "", "logs/10.0.0.9 (channelId=-1)", "the exporter's own");
            List<String> events = events(lines, 1);
            assertEquals(1, events.size(), events.toString());
            for (String part : List.of("\"principal\":\"None:UNKNOWN_USER\"",
                    "\"mechanism\":\"SASL_PLAINTEXT/PLAIN\",\"identifier\":\"\"", "\"client_address\":\"/10.0.0.8\"",
                    "\"status\":\"UNAUTHENTICATED\",\"message\":\"Authentication failed: Invalid username or password\"")) {
                assertTrue(events.get(0).contains(part), part + " is not in " + events.get(0));
            }
            assertEquals(1, authorizer.countersForTest().getRefusedLogins());
        }
    }

    @Test
    void excludedUsersLeaveNone() throws Exception {
        String document = "{\"destinations\":{\"topics\":{\"confluent-audit-log-events\":{}}},\"default_topics\":{\"allowed\":"
                + "\"confluent-audit-log-events\",\"denied\":\"\"},\"excluded_principals\":[\"User:robot\"]}";
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started(ON)) {
            authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, document));
            builder().build(sasl(exchange("PLAIN", "robot")));
            refuse("BROKER", 9092, "discarded by the document");
            builder().build(sasl(exchange("PLAIN", "alice")));
            assertEquals(1, events(lines, 1).size());
            assertEquals(1, authorizer.countersForTest().getExcluded());
            assertEquals(1, authorizer.countersForTest().getDiscarded());
        }
    }

    @Test
    void whatIsGoneIsForgotten() {
        SeenConnections seen = new SeenConnections();
        Object open = new Object();
        assertTrue(seen.isNew(open));
        for (int i = 0; i < 100_000; i++) {
            assertTrue(seen.isNew(new Object()));
        }
        FallbackLines.until(() -> {
            System.gc();
            seen.isNew(new Object());
            return seen.size() < 1_000;
        }, () -> seen.size() + " connections are remembered");
        assertEquals(false, seen.isNew(open));
    }
}
