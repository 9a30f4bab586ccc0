package io.openmds.kafka;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/** Where events are to go now: the servers, and the topics with their retention. */
final class Destination {
    /** {@code host:port,...}; null if nothing says where. */
    final String servers;

    /** Whether it is the node's own cluster, reached as brokers reach each other. */
    final boolean ownCluster;

    final Map<String, OptionalLong> topics;
    /** Whether somebody wrote the document: then connect at once, and not only for the first event. */
    final boolean written;

    Destination(String servers, boolean ownCluster, Map<String, OptionalLong> topics, boolean written) {
        this.servers = servers;
        this.ownCluster = ownCluster;
        this.topics = topics;
        this.written = written;
    }

    /** Whether one producer serves both. */
    boolean sameCluster(Destination other) {
        return Objects.equals(servers, other.servers) && ownCluster == other.ownCluster;
    }

    /** The servers a document names, else the exporter's, else the node's own cluster. */
    static Destination of(AppliedDocument document, boolean written, PluginConfig config, InterBroker interBroker) {
        List<String> named = document.bootstrapServers;
        String servers = named.isEmpty()
                ? config.get(PluginConfig.EXPORTER + "bootstrap.servers")
                : String.join(",", named);
        boolean own = servers == null || servers.equals(interBroker.address()) && !ExporterSettings.hasSecurity(config);
        return new Destination(own ? interBroker.address() : servers, own, document.topics, written);
    }
}
