package io.openmds.kafka;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one instance of the plugin has of the feed: whether it follows at all, and which listeners wait for the first policy
 * ({@code rulings.md} 23). Listeners between nodes never wait: a fleet that lost everything comes back by itself.
 */
final class PolicyFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyFeed.class);

    private final FeedSettings settings;
    private final NativeEngine engine;
    private final Set<String> controllers;
    private volatile PolicyFollower follower;

    private PolicyFeed(FeedSettings settings, NativeEngine engine, PluginConfig config) {
        this.settings = settings;
        this.engine = engine;
        controllers = new HashSet<>(config.list("controller.listener.names"));
    }

    /** Null if the node follows no server. */
    static PolicyFeed of(PluginConfig config, NativeEngine engine) {
        FeedSettings settings = FeedSettings.of(config);
        return settings == null ? null : new PolicyFeed(settings, engine, config);
    }

    /**
     * Begins to follow.
     *
     * @param opened when Kafka's own authorizer lets each listener open
     * @return when each may open: those for clients not before there is a policy
     */
    Map<Endpoint, CompletionStage<Void>> start(AuthorizerServerInfo server, String role,
            Map<Endpoint, ? extends CompletionStage<Void>> opened, Supplier<ObjectNode> report) {
        PolicyFollower started = PolicyFollower.follow(settings, server.clusterResource().clusterId(), server.brokerId(),
                new Follower(role, engine, report));
        follower = started;
        Map<Endpoint, CompletionStage<Void>> open = new HashMap<>();
        Set<String> waiting = new HashSet<>();
        opened.forEach((endpoint, stage) -> {
            if (isEarly(endpoint, server)) {
                open.put(endpoint, stage.thenApply(nothing -> null));
            } else {
                open.put(endpoint, CompletableFuture.allOf(stage.toCompletableFuture(), started.ready()));
                waiting.add(name(endpoint));
            }
        });
        if (!waiting.isEmpty() && !started.ready().isDone()) {
            LOG.info("Listeners {} open once there is a policy of cluster {}", waiting, server.clusterResource().clusterId());
        }
        return open;
    }

    private boolean isEarly(Endpoint endpoint, AuthorizerServerInfo server) {
        String name = name(endpoint);
        return endpoint.equals(server.interBrokerEndpoint()) || controllers.contains(name) || settings.isEarly(name);
    }

    @SuppressWarnings("deprecation")
    private static String name(Endpoint endpoint) {
        return endpoint.listenerName().orElse("");
    }

    /** Null before the instance is started. */
    PolicyFollower follower() {
        return follower;
    }

    /** Signs as this node; null as long as it is not enrolled. */
    NodeSigner signer() {
        PolicyFollower started = follower;
        return started == null ? null : started.signer;
    }

    @Override
    public void close() {
        PolicyFollower started = follower;
        if (started != null) {
            started.leave(engine);
        }
    }
}
