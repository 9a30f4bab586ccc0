package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.auth.SaslExtensions;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerExtensionsValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The validator as a broker uses it: with a server that is there, away, or out of its mind. */
class TokenValidatorTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final long BOUND_NANOS = 20_000_000_000L;
    private static final String CLAIMS =
            "{\"sub\":\"alice\",\"iss\":\"openmds\",\"aud\":\"kafka\",\"exp\":" + (NOW / 1000 + 600) + "}";

    @TempDir
    Path directory;

    private final Issuer first = new Issuer("first", false);
    private final Issuer second = new Issuer("second", true);
    private final AtomicInteger requests = new AtomicInteger();
    private OpenMdsTokenValidator validator;
    private HttpServer server;
    private volatile String answer = "";
    private volatile int status = 200;

    @AfterEach
    void end() {
        if (validator != null) {
            validator.close();
        }
        if (server != null) {
            server.stop(0);
        }
    }

    private Path cache() {
        return directory.resolve("jwks.json");
    }

    private String serve(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/jwks", exchange -> {
            requests.incrementAndGet();
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
        server.start();
        return url(server.getAddress().getPort());
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port + "/jwks";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Map<String, Object> settings(String url, long refreshMs) {
        Map<String, Object> configs = new HashMap<>();
        configs.put(TokenSettings.CACHE_PATH, cache().toString());
        configs.put("sasl.oauthbearer.expected.issuer", "openmds");
        configs.put("sasl.oauthbearer.expected.audience", List.of("kafka", "cluster-1"));
        configs.put("sasl.oauthbearer.clock.skew.seconds", 30);
        configs.put(TokenSettings.REFRESH_MS, Long.toString(refreshMs));
        configs.put(TokenSettings.EARLY_REFRESH_MS, "100");
        if (url != null) {
            configs.put(TokenSettings.URL, url);
        }
        return configs;
    }

    private void start(Map<String, Object> settings) {
        validator = new OpenMdsTokenValidator(() -> NOW);
        validator.configure(settings, "OAUTHBEARER", jaas(Map.of()));
    }

    private static List<AppConfigurationEntry> jaas(Map<String, String> options) {
        return List.of(new AppConfigurationEntry("org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule",
                AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, options));
    }

    private boolean letsIn(Issuer issuer) {
        OAuthBearerValidatorCallback callback = new OAuthBearerValidatorCallback(issuer.token(CLAIMS));
        try {
            validator.handle(new Callback[] {callback});
        } catch (UnsupportedCallbackException e) {
            throw new AssertionError(e);
        }
        if (callback.token() == null) {
            assertEquals("invalid_token", callback.errorStatus());
            assertNull(callback.errorScope());
            return false;
        }
        assertEquals("alice", callback.token().principalName());
        return true;
    }

    private static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + BOUND_NANOS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void aServerThatIsAwayHoldsUpNothingAndIsFoundLater() throws IOException {
        int port = freePort();
        start(settings(url(port), 300_000));
        assertTrue(!letsIn(first));
        answer = Issuer.jwks(first);
        serve(port);
        eventually("the server was not found", () -> letsIn(first));
    }

    /** Accepts the connection, and says nothing until everything else is done. */
    @Test
    void aServerThatHangsHoldsUpNothing() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Files.writeString(cache(), Issuer.jwks(first));
            silent.setSoTimeout(60_000);
            start(settings(url(silent.getLocalPort()), 300_000));
            assertTrue(letsIn(first));
            assertTrue(!letsIn(second));
            try (Socket asked = silent.accept(); OutputStream out = asked.getOutputStream()) {
                byte[] keys = Issuer.jwks(second).getBytes(StandardCharsets.UTF_8);
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + keys.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(keys);
                out.flush();
                eventually("the answer came too late for who asked", () -> letsIn(second));
            }
        }
    }

    @Test
    void whatWasOnceFetchedServesTheNextStartWithoutTheServer() throws IOException {
        answer = Issuer.jwks(first);
        String url = serve(0);
        start(settings(url, 300_000));
        eventually("not fetched", () -> Files.exists(cache()));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(cache())));
        assertEquals(answer, Files.readString(cache()));
        validator.close();
        server.stop(0);
        start(settings(url, 300_000));
        assertTrue(letsIn(first));
    }

    @Test
    void aTornCacheIsIgnoredAndReplaced() throws IOException {
        Files.writeString(cache(), Issuer.jwks(first).substring(0, 300));
        answer = Issuer.jwks(first);
        start(settings(serve(0), 300_000));
        eventually("not fetched", () -> letsIn(first));
        eventually("not replaced", () -> {
            try {
                return Files.readString(cache()).equals(answer);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        try (var files = Files.list(directory)) {
            assertEquals(1, files.count(), "something was left behind");
        }
    }

    @Test
    void anUnknownKeyBringsAnEarlyLook() throws IOException {
        answer = Issuer.jwks(first);
        start(settings(serve(0), 3_600_000));
        eventually("not fetched", () -> letsIn(first));
        answer = Issuer.jwks(first, second);
        eventually("the new key was not found", () -> letsIn(second));
        assertTrue(letsIn(first));
        answer = Issuer.jwks(second);
    }

    @Test
    void manyUnknownKeysBringFewLooks() throws IOException {
        answer = Issuer.jwks(first);
        Map<String, Object> settings = settings(serve(0), 3_600_000);
        settings.put(TokenSettings.EARLY_REFRESH_MS, "3600000");
        start(settings);
        eventually("not fetched", () -> letsIn(first));
        for (int i = 0; i < 1000; i++) {
            assertTrue(!letsIn(second));
        }
        assertEquals(1, requests.get());
    }

    @Test
    void rotationIsFollowedByTheIntervalAlone() throws IOException {
        answer = Issuer.jwks(first);
        start(settings(serve(0), 100));
        eventually("not fetched", () -> letsIn(first));
        answer = Issuer.jwks(second);
        eventually("the old key is still in force", () -> !letsIn(first));
        assertTrue(letsIn(second));
    }

    @Test
    void badAnswersLeaveTheLastGoodSetInForce() throws IOException {
        answer = Issuer.jwks(first);
        start(settings(serve(0), 100));
        eventually("not fetched", () -> letsIn(first));
        String good = answer;
        for (String bad : List.of("", "{}", "{\"keys\":[]}", "<html>", Issuer.jwks(second).substring(0, 90),
                Issuer.jwks(second, second), " ".repeat(Jwks.MOST_BYTES * 4))) {
            answer = bad;
            int seen = requests.get();
            eventually("not asked again", () -> requests.get() > seen + 1);
            assertTrue(letsIn(first), bad);
            assertEquals(good, Files.readString(cache()));
            // Else the pauses after failures add up.
            answer = good;
            int recovering = requests.get();
            eventually("not asked again", () -> requests.get() > recovering + 1);
        }
        answer = Issuer.jwks(second);
        status = 500;
        int seen = requests.get();
        eventually("not asked again", () -> requests.get() > seen + 1);
        assertTrue(letsIn(first));
        status = 200;
        eventually("a good answer was not taken", () -> letsIn(second));
    }

    @Test
    void withoutAUrlTheFileAloneIsFollowed() throws IOException {
        start(settings(null, 100));
        assertTrue(!letsIn(first));
        Files.writeString(cache(), Issuer.jwks(first));
        eventually("the file was not read", () -> letsIn(first));
        Path fresh = directory.resolve("fresh");
        Files.writeString(fresh, Issuer.jwks(second));
        Files.move(fresh, cache(), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        eventually("the new file was not read", () -> letsIn(second) && !letsIn(first));
    }

    private String kept() {
        try {
            return Files.readString(cache());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theFeedBringsKeysAndNobodyIsAskedAnyMore() throws IOException {
        answer = Issuer.jwks(first);
        Map<String, Object> settings = settings(serve(0), 100);
        settings.put(FeedSettings.URLS, "https://mds.example.com:8091");
        settings.put(FeedSettings.DIRECTORY, directory.toString());
        FeedKeys feed = FeedKeys.of(directory.toAbsolutePath());
        start(settings);
        eventually("before the feed has come, the server is asked", () -> letsIn(first));
        feed.came(null);
        feed.came(Issuer.jwks(second));
        eventually("the keys of the feed were not taken", () -> letsIn(second) && !letsIn(first));
        int asked = requests.get();
        for (int i = 0; i < 5; i++) {
            feed.came(Issuer.jwks(first));
            eventually("a rotation by the feed was not followed", () -> letsIn(first) && !letsIn(second));
            feed.came(Issuer.jwks(second));
            eventually("a rotation by the feed was not followed", () -> letsIn(second) && !letsIn(first));
        }
        feed.came("{}");
        assertEquals(asked, requests.get());
        assertTrue(letsIn(second));
        eventually("the keys of the feed were not kept", () -> kept().equals(Issuer.jwks(second)));
        validator.close();
        start(settings);
        eventually("who comes later is handed what the feed brought", () -> letsIn(second));
    }

    @Test
    void extensionsAreValidAsWithKafkasOwn() throws IOException, UnsupportedCallbackException {
        Files.writeString(cache(), Issuer.jwks(first));
        start(settings(null, 300_000));
        OAuthBearerValidatorCallback token = new OAuthBearerValidatorCallback(first.token(CLAIMS));
        validator.handle(new Callback[] {token});
        assertNotNull(token.token());
        OAuthBearerExtensionsValidatorCallback extensions =
                new OAuthBearerExtensionsValidatorCallback(token.token(), new SaslExtensions(Map.of("a", "b")));
        validator.handle(new Callback[] {extensions});
        assertEquals(Map.of("a", "b"), extensions.validatedExtensions());
        assertThrows(UnsupportedCallbackException.class, () -> validator.handle(new Callback[] {new NameCallback("x")}));
    }

    @Test
    void wrongSettingsAreNamed() {
        wrong(TokenSettings.CACHE_PATH, null, TokenSettings.CACHE_PATH);
        wrong(TokenSettings.CACHE_PATH, directory.resolve("absent/jwks.json").toString(), "directory");
        wrong("sasl.oauthbearer.expected.issuer", null, "expected.issuer");
        wrong("sasl.oauthbearer.expected.audience", List.of(), "expected.audience");
        wrong(TokenSettings.URL, "file:///x", "http or https");
        wrong(TokenSettings.URL, "http://mds.example.com/jwks", TokenSettings.HTTP_ALLOWED);
        wrong(TokenSettings.REFRESH_MS, "soon", TokenSettings.REFRESH_MS);
        Map<String, Object> https = settings("https://localhost:1/", 1000);
        https.put(TokenSettings.TRUSTSTORE, directory.resolve("absent.pem").toString());
        refused(https, Map.of(), "absent.pem");
        refused(settings(null, 1000), Map.of("openmds.jwks.cash.path", "x"), "openmds.jwks.cash.path");
        Map<String, Object> allowed = settings("http://mds.example.com/jwks", 1000);
        allowed.put(TokenSettings.HTTP_ALLOWED, "true");
        new TokenSettings(allowed, Map.of());
    }

    private void wrong(String key, Object value, String named) {
        Map<String, Object> settings = settings(null, 1000);
        if (value == null) {
            settings.remove(key);
        } else {
            settings.put(key, value);
        }
        refused(settings, Map.of(), named);
    }

    private static void refused(Map<String, Object> settings, Map<String, String> options, String named) {
        ConfigException refused = assertThrows(ConfigException.class, () -> new OpenMdsTokenValidator()
                .configure(settings, "OAUTHBEARER", jaas(options)));
        assertTrue(refused.getMessage().contains(named), refused.getMessage());
    }

    @Test
    void optionsOfTheListenerComeFirst() {
        TokenSettings settings = new TokenSettings(settings(null, 1000), Map.of(
                TokenSettings.AUDIENCE, "a, b", TokenSettings.ISSUER, "other", "unsecuredLoginStringClaim_sub", "unused"));
        assertEquals("other", settings.issuer);
        assertEquals(java.util.Set.of("a", "b"), settings.audiences);
    }
}
