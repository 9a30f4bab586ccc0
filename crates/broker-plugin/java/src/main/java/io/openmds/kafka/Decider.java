package io.openmds.kafka;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizerNotReadyException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides requests in the native engine: one call a request. Whatever fails on the way denies it,
 * super users excepted, and is counted ({@code rulings.md} 20).
 */
final class Decider {
    private static final Logger LOG = LoggerFactory.getLogger(Decider.class);
    private static final List<AuthorizationResult> ONE_ALLOWED = Collections.singletonList(AuthorizationResult.ALLOWED);
    private static final List<AuthorizationResult> ONE_DENIED = Collections.singletonList(AuthorizationResult.DENIED);

    private static final int OTHERWISE = NativeEngine.UNRECORDED | NativeEngine.HELD;

    private final NativeEngine engine;
    private final LocalAcls localAcls;
    private final AuditCounters counters;
    private final Set<String> superUsers;
    private final Trail trail;
    private final DecisionLog log;
    private final Seldom errors = new Seldom();

    Decider(NativeEngine engine, LocalAcls localAcls, AuditCounters counters, Set<String> superUsers,
            Trail trail, DecisionLog log) {
        this.engine = engine;
        this.localAcls = localAcls;
        this.counters = counters;
        this.superUsers = superUsers;
        this.trail = trail;
        this.log = log;
    }

    /** The decisions, in order. */
    List<AuthorizationResult> decide(AuthorizableRequestContext context, List<Action> actions) {
        return decide(context, actions, false);
    }

    /** Whether there is any resource of the type on which the operation is allowed. */
    AuthorizationResult decideByType(AuthorizableRequestContext context, AclOperation operation, ResourceType type) {
        return decide(context, byType(operation, type), true).get(0);
    }

    private List<AuthorizationResult> decide(AuthorizableRequestContext context, List<Action> actions, boolean byType) {
        int count = actions.size();
        counters.decided.add(count);
        boolean answered = false;
        try {
            if (!localAcls.faithful()) {
                return afterFailure(context, actions, "the ACLs of this cluster are not known", true);
            }
            RequestCodec codec = RequestCodec.ofThread();
            int length = codec.encode(context, actions);
            int answer = byType ? engine.authorizeByType(codec.bytes(), length) : engine.authorize(codec.bytes(), length);
            if (answer < 0) {
                return refused(context, actions, answer);
            }
            answered = true;
            List<AuthorizationResult> results = results(answer, codec.bytes(), count);
            if ((answer & OTHERWISE) != 0) {
                results = trail.noted(context, actions, results, answer, codec.bytes());
            }
            log.write(context, actions, results);
            return results;
        } catch (AuthorizerNotReadyException e) {
            counters.decided.add(-count);
            throw e; // Kafka's own way to say that ACLs are still being loaded.
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            return afterFailure(context, actions, e, !answered);
        }
    }

    /** Decides beside Kafka, whose decisions are recorded; those that stand. Never throws. */
    List<AuthorizationResult> compare(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results,
            boolean byType) {
        counters.decided.add(actions.size());
        boolean answered = false;
        try {
            RequestCodec codec = RequestCodec.ofThread();
            int length = codec.encode(context, actions, results);
            int answer = byType ? engine.authorizeByType(codec.bytes(), length) : engine.authorize(codec.bytes(), length);
            answered = answer >= 0;
            if (answer < 0) {
                trail.unrecorded(context, actions, results, "native code " + answer);
            } else if ((answer & OTHERWISE) != 0) {
                return trail.noted(context, actions, results, answer, codec.bytes());
            }
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            counters.javaFailures.increment();
            trail.unrecorded(context, actions, results, answered ? null : e);
        }
        return results;
    }

    /** As Kafka's {@code Authorizer.authorizeByResourceType} refuses questions that ask nothing. */
    static void checkByType(AclOperation operation, ResourceType type) {
        if (type == ResourceType.ANY || type == ResourceType.UNKNOWN) {
            throw new IllegalArgumentException("Must specify a non-filter resource type for authorizeByResourceType");
        }
        if (operation == AclOperation.ANY || operation == AclOperation.UNKNOWN) {
            throw new IllegalArgumentException("Must specify a non-filter operation for authorizeByResourceType");
        }
    }

    /** Such a question as one event: about every name, recorded if allowed as Kafka's optional checks are. */
    static List<Action> byType(AclOperation operation, ResourceType type) {
        ResourcePattern any = new ResourcePattern(type, ResourcePattern.WILDCARD_RESOURCE, PatternType.LITERAL);
        return List.of(new Action(operation, any, 1, true, false));
    }

    private static List<AuthorizationResult> results(int answer, byte[] message, int count) {
        if (count == 1) {
            return (answer & 1) == 0 ? ONE_DENIED : ONE_ALLOWED;
        }
        AuthorizationResult[] results = new AuthorizationResult[count];
        boolean inBits = count <= NativeEngine.DECISIONS_IN_ANSWER;
        int from = (answer & NativeEngine.HELD) == 0 ? 0 : FailModes.TICKET;
        for (int i = 0; i < count; i++) {
            boolean allowed = inBits ? (answer >> i & 1) != 0 : (message[from + i] & 1) != 0;
            results[i] = allowed ? AuthorizationResult.ALLOWED : AuthorizationResult.DENIED;
        }
        return Arrays.asList(results);
    }

    private List<AuthorizationResult> refused(AuthorizableRequestContext context, List<Action> actions, int code) {
        if (code == NativeEngine.NOT_READY) {
            throw new AuthorizerNotReadyException();
        }
        String why = code == NativeEngine.PANICKED ? NativeEngine.lastPanic() : "native code " + code;
        return afterFailure(context, actions, why, true);
    }

    /** @param unanswered whether the engine has counted, and recorded, nothing of it */
    private List<AuthorizationResult> afterFailure(AuthorizableRequestContext context, List<Action> actions, Object why,
            boolean unanswered) {
        counters.decisionErrors.increment();
        if (errors.now()) {
            LOG.error("Authorizing failed; everybody but super users is denied: {}", why,
                    why instanceof Throwable ? (Throwable) why : null);
        }
        KafkaPrincipal principal = context.principal();
        boolean superUser = superUsers.contains(principal.getPrincipalType() + ":" + principal.getName());
        AuthorizationResult result = superUser ? AuthorizationResult.ALLOWED : AuthorizationResult.DENIED;
        List<AuthorizationResult> results = Collections.nCopies(actions.size(), result);
        if (unanswered) {
            trail.unrecorded(context, actions, results, why);
        }
        return results;
    }

    /** What becomes of decisions that were made, if they are audited. */
    interface Trail {
        /** Nothing is audited. */
        Trail NONE = new Trail() {
            @Override
            public void unrecorded(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results,
                    Object unanswered) {
                // Nothing was to be recorded.
            }

            @Override
            public List<AuthorizationResult> noted(AuthorizableRequestContext context, List<Action> actions,
                    List<AuthorizationResult> results, int answer, byte[] message) {
                return results;
            }
        };

        /**
         * Told of decisions that stand but could not be recorded.
         *
         * @param unanswered why the engine has counted nothing of them; null if it has counted them
         */
        void unrecorded(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results, Object unanswered);

        /** Told of an answer that is no plain success; the decisions that stand. */
        List<AuthorizationResult> noted(AuthorizableRequestContext context, List<Action> actions,
                List<AuthorizationResult> results, int answer, byte[] message);
    }
}
