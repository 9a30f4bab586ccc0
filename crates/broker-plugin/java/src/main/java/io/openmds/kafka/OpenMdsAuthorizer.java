package io.openmds.kafka;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.Reconfigurable;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides by the cluster's own ACLs and by what the OpenMDS server says, in the native engine, and
 * records decisions as the audit document pushed to the cluster asks for. For brokers and
 * controllers; a node with both roles has two instances in one JVM. Kafka's own authorizer goes on
 * holding the ACLs, so that they are listed and changed as ever.
 */
public class OpenMdsAuthorizer extends StandardAuthorizer implements Reconfigurable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenMdsAuthorizer.class);
    /** Only on threads that answer client requests is a bad document refused to its sender. */
    private static final String REQUEST_THREAD = "request-handler";

    private final AuditCounters counters = new AuditCounters();
    private PluginConfig config;
    private AccessRules.Mode mode = AccessRules.Mode.OFF;
    private NativeEngine engine;
    private LocalAcls localAcls;
    private Decider decider;
    private KafkasDecision kafkas;
    /** Null if the node follows no server. */
    private PolicyFeed feed;
    /** Null unless the engine decides, or compares. */
    private PolicyState state;
    private volatile AuditTrail trail;

    @Override
    public void configure(Map<String, ?> configs) {
        super.configure(configs);
        config = new PluginConfig(configs);
        for (String key : config.unknownKeys()) {
            LOG.warn("{} is not a setting of the OpenMDS plugin and has no effect; known are {}", key, PluginConfig.known());
        }
        AccessRules rules = new AccessRules(config);
        mode = rules.mode;
        kafkas = new KafkasDecision(counters, config.superUsers());
        boolean audited = config.enabled(PluginConfig.ENABLE, true);
        if (!audited) {
            LOG.warn("{}=false: nothing is audited on this node", PluginConfig.ENABLE);
        }
        if (audited || mode != AccessRules.Mode.OFF) {
            open(rules, audited);
        }
    }

    private void open(AccessRules rules, boolean audited) {
        NativeLibrary.load(config.get(PluginConfig.LIBRARY_PATH));
        Pairs settings = new Pairs()
                .add("authority", config.get(PluginConfig.AUTHORITY, ""))
                .add("queue_max_bytes", Long.toString(config.queueMaxBytes()))
                .add("audit", Boolean.toString(audited));
        config.superUsers().forEach(user -> settings.add("super_user", user));
        rules.addTo(settings);
        if (audited) {
            AuditTrail.addTo(settings, config);
        }
        engine = new NativeEngine(settings);
        counters.attach(engine);
        try {
            localAcls = new LocalAcls(engine, counters);
            feed = PolicyFeed.of(config, engine);
            state = mirrors() ? new PolicyState(engine, counters, feed) : null;
            if (audited) {
                trail = new AuditTrail(config, engine, counters, () -> feed == null ? null : feed.signer());
                VisibleConfig.define();
            }
            decider = new Decider(engine, localAcls, counters, config.superUsers(), audited ? trail : Decider.Trail.NONE,
                    DecisionLog.of(config));
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
        LOG.info("Decisions: {}, by the rules of {}", rules.mode, rules.providers);
    }

    @Override
    public Map<Endpoint, ? extends CompletionStage<Void>> start(AuthorizerServerInfo server) {
        Map<Endpoint, ? extends CompletionStage<Void>> started = super.start(server);
        if (engine != null) {
            String clusterId = server.clusterResource().clusterId();
            String role = role(server.endpoints());
            counters.clusterId = clusterId;
            engine.identify(clusterId);
            counters.register(role, server.brokerId());
            if (state != null) {
                state.register(role, server.brokerId());
            }
            AuditTrail audited = trail;
            if (audited != null) {
                audited.start(server, role);
            }
            if (feed != null) {
                return feed.start(server, role, started, this::report);
            }
        }
        return started;
    }

    private ObjectNode report() {
        return InstanceReport.of(counters, mode == AccessRules.Mode.SHADOW ? engine.shadow() : null);
    }

    /** Kafka does not say which role an instance serves; its listeners do. */
    @SuppressWarnings("deprecation")
    private String role(Collection<Endpoint> endpoints) {
        Set<String> names = new HashSet<>();
        endpoints.forEach(endpoint -> endpoint.listenerName().ifPresent(names::add));
        Set<String> controllers = new HashSet<>(config.list("controller.listener.names"));
        return !names.isEmpty() && controllers.containsAll(names) ? "controller" : "broker";
    }

    @Override
    public void loadSnapshot(Map<Uuid, StandardAcl> acls) {
        super.loadSnapshot(acls);
        if (mirrors()) {
            localAcls.load(acls);
        }
    }

    @Override
    public void addAcl(Uuid id, StandardAcl acl) {
        super.addAcl(id, acl);
        if (mirrors()) {
            localAcls.add(id, acl);
        }
    }

    @Override
    public void removeAcl(Uuid id) {
        super.removeAcl(id);
        if (mirrors()) {
            localAcls.remove(id);
        }
    }

    @Override
    public void completeInitialLoad() {
        if (mirrors()) {
            localAcls.complete();
        }
        super.completeInitialLoad();
    }

    private boolean mirrors() {
        return mode != AccessRules.Mode.OFF;
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        if (mode == AccessRules.Mode.ENFORCE) {
            return decider.decide(context, actions);
        }
        if (kafkas.isAskingByType()) {
            return super.authorize(context, actions); // Nobody's request, and answered below as a whole.
        }
        List<AuthorizationResult> results =
                kafkas.decide(context, actions.size(), () -> super.authorize(context, actions));
        return noteKafkas(context, actions, results, false);
    }

    /**
     * Kafka's implementation asks {@code authorize} about a topic called "hardcode" and about every
     * ACL; those questions are nobody's requests. One event stands for the whole, under the flags that
     * Kafka gives such optional checks: recorded if allowed, not if denied.
     */
    @Override
    public AuthorizationResult authorizeByResourceType(AuthorizableRequestContext context, AclOperation operation,
            ResourceType type) {
        Decider.checkByType(operation, type);
        if (mode == AccessRules.Mode.ENFORCE) {
            return decider.decideByType(context, operation, type);
        }
        AuthorizationResult result =
                kafkas.decideByType(() -> super.authorizeByResourceType(context, operation, type));
        return noteKafkas(context, Decider.byType(operation, type), List.of(result), true).get(0);
    }

    /** Compares and records what Kafka decided; the decisions that stand. */
    private List<AuthorizationResult> noteKafkas(AuthorizableRequestContext context, List<Action> actions,
            List<AuthorizationResult> results, boolean byType) {
        AuditTrail audited = trail;
        if (mode == AccessRules.Mode.SHADOW) {
            return decider.compare(context, actions, results, byType);
        }
        return audited == null ? results : audited.record(context, actions, results);
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return trail == null ? Set.of() : Set.of(PluginConfig.ROUTER_CONFIG, PluginConfig.COMPANION, PluginConfig.SIGNATURE);
    }

    /** Called before a change is stored, and again when it is applied: it must not throw then. */
    @Override
    public void validateReconfiguration(Map<String, ?> configs) throws ConfigException {
        AuditTrail audited = trail;
        if (audited != null && Thread.currentThread().getName().contains(REQUEST_THREAD)) {
            audited.validate(text(configs, PluginConfig.ROUTER_CONFIG));
            audited.companion.validate(text(configs, PluginConfig.COMPANION));
        }
    }

    /** Must not throw: that would freeze all dynamic configuration of the node. */
    @Override
    public void reconfigure(Map<String, ?> configs) {
        AuditTrail audited = trail;
        if (audited != null) {
            audited.documents.offer(new Documents(text(configs, PluginConfig.ROUTER_CONFIG),
                    text(configs, PluginConfig.COMPANION), text(configs, PluginConfig.SIGNATURE)));
        }
    }

    /** Nothing else is ever read from a reconfiguration: it may hold a super.users that nobody vetted. */
    private static String text(Map<String, ?> configs, String key) {
        Object value = configs.get(key);
        return value == null ? "" : String.valueOf(value);
    }

    @Override
    public void close() throws IOException {
        try {
            if (feed != null) {
                feed.close();
            }
            AuditTrail audited = trail;
            if (audited != null) {
                audited.close();
            }
        } finally {
            if (state != null) {
                state.close();
            }
            if (engine != null) {
                engine.close();
                counters.unregister();
            }
            super.close();
        }
    }

    /** For tests of the jar: the account, and a way to make routing fail. */
    AuditTrail trailForTest() {
        return trail;
    }

    NativeEngine engineForTest() {
        return engine;
    }

    AuditCounters countersForTest() {
        return counters;
    }
}
