package io.openmds.kafka;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.AuthorizerNotReadyException;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka's own authorizer, where its decision stands: if it fails, everybody but super users is denied. */
final class KafkasDecision {
    private static final Logger LOG = LoggerFactory.getLogger(KafkasDecision.class);

    private final AuditCounters counters;
    private final Set<String> superUsers;
    private final Seldom errors = new Seldom();
    /** Set while Kafka's {@code authorizeByResourceType} asks about resources that do not exist. */
    private final ThreadLocal<Boolean> askingByType = new ThreadLocal<>();

    KafkasDecision(AuditCounters counters, Set<String> superUsers) {
        this.counters = counters;
        this.superUsers = superUsers;
    }

    boolean isAskingByType() {
        return askingByType.get() != null;
    }

    AuthorizationResult decideByType(Supplier<AuthorizationResult> kafka) {
        askingByType.set(Boolean.TRUE);
        try {
            return kafka.get();
        } finally {
            askingByType.remove();
        }
    }

    List<AuthorizationResult> decide(AuthorizableRequestContext context, int count,
            Supplier<List<AuthorizationResult>> kafka) {
        try {
            return kafka.get();
        } catch (AuthorizerNotReadyException e) {
            throw e; // Kafka's own way to say that ACLs are still being loaded.
        } catch (RuntimeException e) {
            counters.decisionErrors.increment();
            if (errors.now()) {
                LOG.error("Authorizing failed; everybody but super users is denied", e);
            }
            boolean superUser = superUsers.contains(String.valueOf(context.principal()));
            return Collections.nCopies(count, superUser ? AuthorizationResult.ALLOWED : AuthorizationResult.DENIED);
        }
    }
}
