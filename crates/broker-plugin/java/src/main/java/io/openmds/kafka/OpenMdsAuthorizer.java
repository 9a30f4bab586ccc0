package io.openmds.kafka;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.Reconfigurable;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizerNotReadyException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own authorizer, whose decisions are routed and recorded by the audit document pushed to the
 * cluster. For brokers and controllers; a node with both roles has two instances in one JVM.
 */
public class OpenMdsAuthorizer extends StandardAuthorizer implements Reconfigurable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenMdsAuthorizer.class);
    /** Only on threads that answer client requests is a bad document refused to its sender. */
    private static final String REQUEST_THREAD = "request-handler";
    /** Set while Kafka's {@code authorizeByResourceType} asks about resources that do not exist. */
    private static final ThreadLocal<Boolean> ASKING_BY_TYPE = new ThreadLocal<>();

    private final Seldom errors = new Seldom();
    private Set<String> superUsers = Set.of();
    private volatile AuditTrail trail;

    @Override
    public void configure(Map<String, ?> configs) {
        super.configure(configs);
        PluginConfig config = new PluginConfig(configs);
        superUsers = config.superUsers();
        for (String key : config.unknownKeys()) {
            LOG.warn("{} is not a setting of the OpenMDS plugin and has no effect; known are {}", key, PluginConfig.known());
        }
        if (config.enabled(PluginConfig.ENABLE, true)) {
            trail = new AuditTrail(config);
            VisibleConfig.define();
        } else {
            LOG.warn("{}=false: nothing is audited on this node", PluginConfig.ENABLE);
        }
    }

    @Override
    public Map<Endpoint, ? extends CompletionStage<Void>> start(AuthorizerServerInfo server) {
        Map<Endpoint, ? extends CompletionStage<Void>> started = super.start(server);
        AuditTrail audited = trail;
        return audited == null ? started : audited.start(server, started);
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        List<AuthorizationResult> results = decide(context, actions);
        AuditTrail audited = trail;
        if (audited != null && ASKING_BY_TYPE.get() == null) {
            audited.record(context, actions, results);
        }
        return results;
    }

    private List<AuthorizationResult> decide(AuthorizableRequestContext context, List<Action> actions) {
        try {
            return super.authorize(context, actions);
        } catch (AuthorizerNotReadyException e) {
            throw e; // Kafka's own way to say that ACLs are still being loaded.
        } catch (RuntimeException e) {
            AuditTrail audited = trail;
            if (audited != null) {
                audited.counters.decisionErrors.increment();
            }
            if (errors.now()) {
                LOG.error("Authorizing failed; everybody but super users is denied", e);
            }
            boolean superUser = superUsers.contains(String.valueOf(context.principal()));
            AuthorizationResult result = superUser ? AuthorizationResult.ALLOWED : AuthorizationResult.DENIED;
            return new ArrayList<>(Collections.nCopies(actions.size(), result));
        }
    }

    /**
     * Kafka's implementation asks {@code authorize} about a topic called "hardcode" and about every
     * ACL; those questions are nobody's requests. One event stands for the whole, under the flags that
     * Kafka gives such optional checks: recorded if allowed, not if denied.
     */
    @Override
    public AuthorizationResult authorizeByResourceType(AuthorizableRequestContext context, AclOperation operation,
            ResourceType type) {
        AuthorizationResult result;
        ASKING_BY_TYPE.set(Boolean.TRUE);
        try {
            result = super.authorizeByResourceType(context, operation, type);
        } finally {
            ASKING_BY_TYPE.remove();
        }
        AuditTrail audited = trail;
        if (audited != null) {
            ResourcePattern any = new ResourcePattern(type, ResourcePattern.WILDCARD_RESOURCE, PatternType.LITERAL);
            audited.record(context, List.of(new Action(operation, any, 1, true, false)), List.of(result));
        }
        return result;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return trail == null ? Set.of() : Set.of(PluginConfig.ROUTER_CONFIG);
    }

    /** Called before a change is stored, and again when it is applied: it must not throw then. */
    @Override
    public void validateReconfiguration(Map<String, ?> configs) throws ConfigException {
        AuditTrail audited = trail;
        if (audited != null && Thread.currentThread().getName().contains(REQUEST_THREAD)) {
            audited.validate(document(configs));
        }
    }

    /** Must not throw: that would freeze all dynamic configuration of the node. */
    @Override
    public void reconfigure(Map<String, ?> configs) {
        AuditTrail audited = trail;
        if (audited != null) {
            audited.apply(document(configs));
        }
    }

    /** Nothing else is ever read from a reconfiguration: it may hold a super.users that nobody vetted. */
    private static String document(Map<String, ?> configs) {
        Object value = configs.get(PluginConfig.ROUTER_CONFIG);
        return value == null ? "" : String.valueOf(value);
    }

    @Override
    public void close() throws IOException {
        try {
            AuditTrail audited = trail;
            if (audited != null) {
                audited.close();
            }
        } finally {
            super.close();
        }
    }

    /** For tests of the jar: the account, and a way to make routing fail. */
    AuditTrail trailForTest() {
        return trail;
    }
}
