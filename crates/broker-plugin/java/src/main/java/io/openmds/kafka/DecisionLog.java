package io.openmds.kafka;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own log of decisions, {@code kafka-authorizer.log} of a stock installation, which operators
 * read and {@code StandardAuthorizer} writes: denials at INFO, allowances at DEBUG, unwanted ones at TRACE. At INFO a flood of
 * denials would cost far more to log than to refuse, so that it has a limit a second; whoever raises the level gets all.
 */
final class DecisionLog {
    private static final Logger LOG = LoggerFactory.getLogger("kafka.authorizer.logger");

    private static final Logger PROBLEMS = LoggerFactory.getLogger(DecisionLog.class);
    private static final Seldom ERRORS = new Seldom();
    private static final Map<ResourceType, String> NAMES = Map.of(ResourceType.TOPIC, "Topic", ResourceType.GROUP, "Group",
            ResourceType.CLUSTER, "Cluster", ResourceType.TRANSACTIONAL_ID, "TransactionalId", ResourceType.DELEGATION_TOKEN,
            "DelegationToken", ResourceType.USER, "User");

    private final LineBudget budget;

    /** @param budget for denials */
    DecisionLog(LineBudget budget) {
        this.budget = budget;
    }

    /** Of a node: without an audit trail the log is the only record, and whole. */
    static DecisionLog of(PluginConfig config) {
        long most = config.number(PluginConfig.LOG_DENIALS_PER_SECOND, 1_000, 0, LineBudget.MOST);
        boolean audited = config.enabled(PluginConfig.ENABLE, true);
        return new DecisionLog(new LineBudget(audited ? (int) most : 0, () -> System.nanoTime() / 1_000_000_000));
    }

    /** As Kafka spells it in this log; its own function for that has moved between releases. */
    private static String name(ResourceType type) {
        return NAMES.getOrDefault(type, type.name());
    }

    /** Never throws: decisions stand, whatever becomes of their log. */
    void write(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results) {
        try {
            if (LOG.isInfoEnabled()) {
                writeEach(context, actions, results);
            }
        } catch (RuntimeException | LinkageError e) {
            if (ERRORS.now()) {
                PROBLEMS.warn("Decisions could not be written to kafka.authorizer.logger", e);
            }
        }
    }

    private void writeEach(AuthorizableRequestContext context, List<Action> actions,
            List<AuthorizationResult> results) {
        boolean debug = LOG.isDebugEnabled();
        int count = actions.size();
        for (int i = 0; i < count; i++) {
            boolean allowed = results.get(i) == AuthorizationResult.ALLOWED;
            Action action = actions.get(i);
            if (!allowed && action.logIfDenied()) {
                sayOwed();
                if (debug || budget.takes()) {
                    LOG.info(line(context, action, false));
                }
            } else if (debug && allowed && action.logIfAllowed()) {
                LOG.debug(line(context, action, true));
            } else if (debug && LOG.isTraceEnabled()) {
                LOG.trace(line(context, action, allowed));
            }
        }
    }

    private void sayOwed() {
        long owed = budget.owed();
        if (owed > 0) {
            LOG.info("{} denials before this one are not in this log, which takes so many a second: see {}. The audit trail"
                    + " has them as its document says", owed, PluginConfig.LOG_DENIALS_PER_SECOND);
        }
    }

    private static String line(AuthorizableRequestContext context, Action action, boolean allowed) {
        ResourcePattern resource = action.resourcePattern();
        short api = (short) context.requestType();
        String request = ApiKeys.hasId(api) ? ApiKeys.forId(api).name() : Short.toString(api);
        return "Principal = " + context.principal() + " is " + (allowed ? "Allowed" : "Denied") + " operation = "
                + action.operation() + " from host = "
                + (context.clientAddress() == null ? "unknown" : context.clientAddress().getHostAddress())
                + " on resource = " + name(resource.resourceType()) + ":"
                + resource.patternType() + ":" + resource.name() + " for request = " + request
                + " with resourceRefCount = " + action.resourceReferenceCount();
    }
}
