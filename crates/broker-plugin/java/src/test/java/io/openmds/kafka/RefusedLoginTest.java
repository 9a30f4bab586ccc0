package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.Test;

/** The lines of Kafka 3.9.2 to 4.4.0, as brokers wrote them. */
class RefusedLoginTest {
    private static final Listeners LISTENERS = new Listeners(new PluginConfig(Map.of(
            "listeners", "CLIENT://127.0.0.1:9092,TOKEN://127.0.0.1:9094,MTLS://[::]:9095,ANY://:9096,CONTROLLER://:9093",
            "controller.listener.names", "CONTROLLER",
            "listener.security.protocol.map", "CLIENT:SASL_PLAINTEXT,TOKEN:SASL_SSL,MTLS:SSL,ANY:SASL_SSL,CONTROLLER:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms", "PLAIN, SCRAM-SHA-256",
            "listener.name.client.sasl.enabled.mechanisms", "SCRAM-SHA-256",
            "listener.name.token.sasl.enabled.mechanisms", "OAUTHBEARER")), List.of());

    private static RefusedLogin line(int port, String why) {
        return RefusedLogin.of("[SocketServer listenerType=BROKER, nodeId=2] Failed authentication with /127.0.0.1 (channelId=127.0.0.1:"
                + port + "-127.0.0.1:50624-0-3) (" + why + ")");
    }

    private static String mechanism(int port, String why) {
        return line(port, why).mechanism(LISTENERS);
    }

    @Test
    void whatALineSaysIsTaken() {
        RefusedLogin refused = line(9092, "Authentication failed during authentication due to invalid credentials with SASL mechanism"
                + " SCRAM-SHA-256");
        assertEquals(9092, refused.port);
        assertEquals("127.0.0.1", refused.address);
        assertEquals(false, refused.byController);
        assertTrue(refused.reason.startsWith("Authentication failed during"), refused.reason);
    }

    @Test
    void allShapesOfTheLineAreRead() {
        for (String line : List.of(
                "[SocketServer listenerType=ZK_BROKER, nodeId=0] Failed authentication with /10.1.2.3 (channelId=10.0.0.1:9092-10.1.2.3:40000-7)"
                        + " (SSL handshake failed)",
                "[SocketServer listenerType=BROKER, nodeId=0] Failed re-authentication with host.example/10.1.2.3 (channelId=10.0.0.1:9092-"
                        + "10.1.2.3:40000-2-17) (Cannot change principals (by rule))",
                "[SocketServer listenerType=BROKER, nodeId=0] Failed authentication with /10.1.2.3 (channelId=10.0.0.1:9092-10.1.2.3:40000-0-2-17)"
                        + " (two\nlines)")) {
            RefusedLogin refused = RefusedLogin.of(line);
            assertNotNull(refused, line);
            assertEquals("10.1.2.3", refused.address);
            assertEquals(9092, refused.port);
        }
        RefusedLogin six = RefusedLogin.of("[SocketServer listenerType=CONTROLLER, nodeId=3] Failed authentication with /0:0:0:0:0:0:0:1"
                + " (channelId=0:0:0:0:0:0:0:1:9093-0:0:0:0:0:0:0:1:50000-0-4) (SSL handshake failed)");
        assertEquals("0:0:0:0:0:0:0:1", six.address);
        assertEquals(9093, six.port);
        assertTrue(six.byController);
    }

    @Test
    void otherLinesAreLeftAlone() {
        for (String line : List.of("", "Failed authentication with /127.0.0.1 (channelId=127.0.0.1:9092-127.0.0.1:50624-0-3) (no)",
                "[Producer clientId=x] Failed authentication with logs/10.0.0.9 (channelId=-1) (no)",
                "[SocketServer listenerType=BROKER, nodeId=2] Unexpected error from /127.0.0.1 (channelId=127.0.0.1:9092-127.0.0.1:50624-0-3)",
                "[SocketServer listenerType=BROKER, nodeId=2] Failed authentication with /127.0.0.1 (channelId=127.0.0.1:99999999999-1.1.1.1:1-0) (no)",
                "[SocketServer listenerType=BROKER, nodeId=2] Failed authentication with /127.0.0.1 (channelId=1) (no)")) {
            assertNull(RefusedLogin.of(line), line);
        }
        assertNull(RefusedLogin.of(null));
    }

    @Test
    void theMechanismIsToldAsFarAsItIsKnown() {
        assertEquals("SASL_PLAINTEXT/SCRAM-SHA-256", mechanism(9092, "whatever"));
        assertEquals("SASL_SSL/OAUTHBEARER", mechanism(9094, "{\"status\":\"invalid_token\"}"));
        assertEquals("SASL_SSL", mechanism(9094, "SSL handshake failed"));
        assertEquals("SSL", mechanism(9095, "SSL handshake failed"));
        assertEquals("SASL_SSL/PLAIN", mechanism(9096, "Authentication failed: Invalid username or password"));
        assertEquals("SASL_SSL/SCRAM-SHA-256", mechanism(9096, "Authentication failed during authentication due to invalid credentials with"
                + " SASL mechanism SCRAM-SHA-256"));
        assertEquals("SASL_SSL", mechanism(9096, "whatever"));
        assertEquals("SASL_PLAINTEXT", mechanism(9092, "Unsupported SASL mechanism X: not enabled in the server"));
        assertEquals("SASL_PLAINTEXT", mechanism(9092, "Unexpected Kafka request of type METADATA during SASL handshake."));
        assertEquals("", mechanism(1, "whatever"));
    }

    @Test
    void log4j2IsReadAlongAlsoAfterItsConfigurationIsReadAnew() {
        List<String> lines = new ArrayList<>();
        LoggerContext context = (LoggerContext) LogManager.getContext(RefusalTap.class.getClassLoader(), false);
        Configurator.setRootLevel(Level.ERROR);
        org.apache.logging.log4j.Logger selector = LogManager.getLogger(RefusalTap.LOGGER);
        try (Log4j2Tap tap = new Log4j2Tap(lines::add)) {
            assertNotNull(tap);
            selector.info("[SocketServer listenerType=BROKER, nodeId={}] one", 1);
            selector.warn("no refusal");
            context.reconfigure();
            selector.info("two");
        }
        selector.info("three");
        assertEquals(List.of("[SocketServer listenerType=BROKER, nodeId=1] one", "two"), lines);
    }

    @Test
    void whoReadsAlongAndFailsTakesNothingFromKafka() {
        try (RefusalTap tap = RefusalTap.open(line -> {
            throw new IllegalStateException(line);
        })) {
            assertNotNull(tap);
            org.slf4j.LoggerFactory.getLogger(RefusalTap.LOGGER).info("a line");
        }
    }
}
