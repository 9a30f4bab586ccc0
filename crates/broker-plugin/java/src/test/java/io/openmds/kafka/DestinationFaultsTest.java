package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Destinations that cannot be reached, each in its own way: where every single event is, to the last one. */
class DestinationFaultsTest {
    private static final int CREATE_TOPICS = 19;
    private static final int EVENTS = 40;

    @TempDir
    Path directory;

    private static void ask(OpenMdsAuthorizer authorizer) {
        for (int i = 0; i < EVENTS; i++) {
            authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("t" + i)));
        }
    }

    @Test
    void whatABadDestinationDoesNotTakeWaitsOnDisk() throws Exception {
        for (BadPlace.Fault fault : BadPlace.Fault.values()) {
            try (FallbackLines lines = new FallbackLines(); BadPlace place = new BadPlace(fault)) {
                AuditCounters counters;
                String[] settings = {PluginConfig.EXPORTER + "bootstrap.servers", place.address(),
                    SpoolSettings.DIRECTORY, directory.resolve(fault.name()).toString()};
                try (OpenMdsAuthorizer authorizer = Requests.started(settings)) {
                    counters = authorizer.countersForTest();
                    AuditCounters now = counters;
                    ask(authorizer);
                    FallbackLines.until(() -> now.account().of("spilled") == EVENTS, now::getAccount);
                    assertTrue(now.isBalanced(), fault + now.getAccount());
                }
                Account end = counters.account();
                assertTrue(end.balances(), fault + end.toString());
                assertEquals(List.of((long) EVENTS, 0L, 0L, 0L), List.of(end.of("spilled"), end.of("waiting"), end.of("fallback"),
                        end.of("delivered")), fault + end.toString());
                assertEquals(List.of(), lines.whole(), fault.name());
                try (OpenMdsAuthorizer next = Requests.started(settings)) {
                    assertEquals(counters.getSpoolWaiting(), next.countersForTest().getSpoolWaiting(), fault.name());
                }
            }
        }
    }

    @Test
    void whatABadDestinationDoesNotTakeIsInTheFallbackLogAndALossNamesIt() throws Exception {
        for (BadPlace.Fault fault : BadPlace.Fault.values()) {
            try (FallbackLines lines = new FallbackLines(); BadPlace place = new BadPlace(fault)) {
                AuditCounters counters;
                try (OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.EXPORTER + "bootstrap.servers", place.address(),
                        PluginConfig.EXPORTER + "delivery.timeout.ms", "1000", PluginConfig.EXPORTER + "request.timeout.ms", "500")) {
                    counters = authorizer.countersForTest();
                    AuditCounters now = counters;
                    ask(authorizer);
                    FallbackLines.until(() -> now.account().of("fallback") == EVENTS, now::getAccount);
                    assertTrue(now.isBalanced(), fault + now.getAccount());
                }
                assertTrue(counters.account().balances(), fault + counters.getAccount());
                List<String> all = lines.all();
                assertEquals(EVENTS, all.size(), fault.name());
                assertEquals(EVENTS, new HashSet<>(all).size(), fault.name());
                // Behind the opening, all of them; whatever is told later may stand among them.
                List<String> losses = lines.whole().stream().filter(line -> line.contains("io.openmds.trail/loss"))
                        .collect(Collectors.toList());
                assertEquals(1, losses.size(), fault + losses.toString());
                assertTrue(losses.get(0).contains("\"count\":" + (EVENTS + 1) + ",\"reason\":\"fallback\",\"ranges\":[[1," + (EVENTS + 1)
                        + "]]"), fault + losses.get(0));
            }
        }
    }

    @Test
    void whoeverCannotProveToBeTheDestinationIsToldNothing() throws Exception {
        Identity trusted = new Identity("logs", "ip:127.0.0.1");
        Identity elsewhere = new Identity("elsewhere", "dns:elsewhere");
        Path trust = Files.writeString(directory.resolve("ca.pem"), trusted.certificatePem() + elsewhere.certificatePem());
        for (Identity stranger : List.of(new Identity("logs", "ip:127.0.0.1"), elsewhere)) {
            try (FallbackLines lines = new FallbackLines(); FallbackLines log = new FallbackLines(Exporter.class.getName());
                    BadPlace place = new BadPlace(stranger)) {
                AuditCounters counters;
                try (OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.EXPORTER + "bootstrap.servers", place.address(),
                        PluginConfig.EXPORTER + "security.protocol", "SSL", PluginConfig.EXPORTER + "ssl.truststore.type", "PEM",
                        PluginConfig.EXPORTER + "ssl.truststore.location", trust.toString(),
                        SpoolSettings.DIRECTORY, directory.resolve("tls").toString())) {
                    counters = authorizer.countersForTest();
                    AuditCounters now = counters;
                    ask(authorizer);
                    FallbackLines.until(() -> now.account().of("spilled") == EVENTS, now::getAccount);
                    log.await(line -> line.contains(place.address()) && line.contains("SSL handshake failed"));
                }
                Account end = counters.account();
                assertTrue(end.balances(), end.toString());
                assertEquals(List.of((long) EVENTS, 0L, 0L), List.of(end.of("spilled"), end.of("fallback"), end.of("delivered")));
                assertEquals(List.of(), lines.whole());
            }
        }
    }
}
