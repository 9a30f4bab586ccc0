package io.openmds.kafka;

import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.utils.SecurityUtils;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own log of decisions, {@code kafka-authorizer.log} of a stock installation, which operators
 * read and {@code StandardAuthorizer} writes: denials at INFO, allowances at DEBUG, unwanted ones at TRACE.
 */
final class DecisionLog {
    private static final Logger LOG = LoggerFactory.getLogger("kafka.authorizer.logger");

    private DecisionLog() {}

    static void write(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        boolean debug = LOG.isDebugEnabled();
        int count = actions.size();
        for (int i = 0; i < count; i++) {
            boolean allowed = results.get(i) == AuthorizationResult.ALLOWED;
            Action action = actions.get(i);
            if (!allowed && action.logIfDenied()) {
                LOG.info(line(context, action, false));
            } else if (debug && allowed && action.logIfAllowed()) {
                LOG.debug(line(context, action, true));
            } else if (debug && LOG.isTraceEnabled()) {
                LOG.trace(line(context, action, allowed));
            }
        }
    }

    private static String line(AuthorizableRequestContext context, Action action, boolean allowed) {
        ResourcePattern resource = action.resourcePattern();
        short api = (short) context.requestType();
        String request = ApiKeys.hasId(api) ? ApiKeys.forId(api).name() : Short.toString(api);
        return "Principal = " + context.principal() + " is " + (allowed ? "Allowed" : "Denied") + " operation = "
                + action.operation() + " from host = "
                + (context.clientAddress() == null ? "unknown" : context.clientAddress().getHostAddress())
                + " on resource = " + SecurityUtils.resourceTypeName(resource.resourceType()) + ":"
                + resource.patternType() + ":" + resource.name() + " for request = " + request
                + " with resourceRefCount = " + action.resourceReferenceCount();
    }
}
