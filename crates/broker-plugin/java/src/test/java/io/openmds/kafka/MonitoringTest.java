package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prometheus.jmx.JmxCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What Prometheus sees of a node, by its own JMX exporter under the rules that operators are given. */
class MonitoringTest {
    private static final Path ROOT = Path.of("../../..");
    private static final Path NAMES = ROOT.resolve("spec/metrics/plugin.txt");
    private static final int CREATE_TOPICS = 19;

    @Test
    void theExporterShowsWhatIsListed() throws Exception {
        // The JVM's own beans are none of this test's business: -Xcheck:jni complains of them.
        String rules = "includeObjectNames: ['io.openmds:*', 'kafka.server:type=confluent-audit-metrics']\n"
                + Files.readString(ROOT.resolve("monitoring/jmx-exporter.yml"));
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("t")));
            TreeSet<String> shown = new TreeSet<>();
            PrometheusRegistry registry = new PrometheusRegistry();
            JmxCollector collector = new JmxCollector(rules);
            collector.register(registry);
            for (MetricSnapshot metric : collector.collect()) {
                String name = metric.getMetadata().getPrometheusName();
                if (name.startsWith("openmds_plugin_") || name.startsWith("confluent_audit_log_")) {
                    boolean counts = metric.getClass().getSimpleName().startsWith("Counter");
                    shown.add(counts ? name + "_total" : name);
                    metric.getDataPoints().forEach(point -> {
                        if (name.startsWith("openmds_plugin_")) {
                            assertEquals("broker", point.getLabels().get("role"), name);
                            assertEquals("1", point.getLabels().get("node"), name);
                        }
                    });
                }
            }
            String list = String.join("\n", shown) + "\n";
            if (System.getenv("UPDATE_GOLDEN") != null) {
                Files.createDirectories(NAMES.getParent());
                Files.writeString(NAMES, list);
            }
            assertEquals(Files.readString(NAMES), list);
        }
    }
}
