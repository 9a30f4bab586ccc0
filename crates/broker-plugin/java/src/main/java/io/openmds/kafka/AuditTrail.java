package io.openmds.kafka;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The audit trail of one authorizer instance: the document in force, and the way of a decision into the queue. */
final class AuditTrail implements AutoCloseable, Decider.Trail {
    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
    private static final int ENVELOPE = 58;
    private static final int ALLOWED_WANTED = 1;
    private static final int DENIED_WANTED = 2;

    final AuditCounters counters;
    final Companion companion;
    final SignedDocuments documents;
    final FailModes failModes;
    private final PluginConfig config;
    private final InterBroker interBroker;
    private final ExporterSettings exporterSettings;
    private final Destinations destinations;
    private final NativeEngine engine;
    private final AuditDrain drain;
    private final Seldom errors = new Seldom();
    private volatile AppliedDocument document;
    private String text;
    /** Null unless log ins are recorded, and the instance is started. */
    private LoginTrail logins;

    /** The engine stays its owner's to close. */
    AuditTrail(PluginConfig config, NativeEngine engine, AuditCounters counters, Supplier<NodeSigner> signer) {
        this.config = config;
        this.engine = engine;
        this.counters = counters;
        interBroker = new InterBroker(config);
        exporterSettings = new ExporterSettings(config, interBroker);
        destinations = new Destinations(config, interBroker);
        Losses losses = new Losses(AuditTrail::micros);
        Spool spool = new Spool(engine, new SpoolSettings(config), counters, losses);
        FallbackLog fallback = new FallbackLog(counters, losses, spool::offer);
        Ledger ledger = new Ledger(engine, counters, losses, new TrailSettings(config), signer);
        WaitingRoom room = new WaitingRoom(new FailModeSettings(config, interBroker).timeoutMs);
        failModes = new FailModes(room, counters);
        drain = new AuditDrain(engine, exporterSettings, counters, fallback, ledger, spool, room);
        useStatic();
        companion = new Companion(config, engine, counters);
        Documents configured = new Documents(config.get(PluginConfig.ROUTER_CONFIG, ""), config.get(PluginConfig.COMPANION, ""), "");
        documents = new SignedDocuments(new SignatureSettings(config), counters, configured, pushed -> {
            apply(pushed.document);
            companion.apply(pushed.companion);
        });
        ledger.says(documents::alarm);
        LoginTrail.warnOfUnseen(config);
    }

    private static long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Who publishes, and who is never held up, as settings of the engine. */
    static void addTo(Pairs settings, PluginConfig config) {
        InterBroker interBroker = new InterBroker(config);
        new FailModeSettings(config, interBroker).exempt.forEach(principal -> settings.add("exempt", principal));
        String exporter = new ExporterSettings(config, interBroker).principal();
        if (exporter == null) {
            LOG.warn("The principal under which audit events are published is not known, so its own requests are recorded"
                    + " too: set {}", PluginConfig.EXPORTER_PRINCIPAL);
        } else {
            settings.add("exporter_principal", exporter);
        }
    }

    /** A bad static document keeps the node from starting: whoever wrote it is at hand. */
    private void useStatic() {
        String initial = config.get(PluginConfig.ROUTER_CONFIG, "");
        List<String> errors = faults(initial);
        if (!errors.isEmpty()) {
            throw refusal(errors);
        }
        apply(initial);
    }

    private static ConfigException refusal(List<String> errors) {
        return new ConfigException(PluginConfig.ROUTER_CONFIG + " has " + errors.size()
                + (errors.size() == 1 ? " error: " : " errors: ") + String.join("; ", errors));
    }

    /** Everything that is wrong with a document. */
    private List<String> faults(String candidate) {
        Pairs judged = engine.check(candidate);
        List<String> errors = new ArrayList<>(judged.all("error"));
        if (errors.isEmpty()) {
            errors.addAll(destinations.refuse(new AppliedDocument(judged).bootstrapServers));
        }
        return errors;
    }

    /** Refuses a bad document with all its errors. */
    void validate(String candidate) {
        List<String> errors;
        try {
            errors = faults(candidate);
        } catch (RuntimeException | LinkageError e) {
            throw new ConfigException(PluginConfig.ROUTER_CONFIG + " cannot be judged on this node: " + e.getMessage());
        }
        if (!errors.isEmpty()) {
            throw refusal(errors);
        }
    }

    /** Puts a document in force; a bad one is reported and the last good one stays. Never throws. */
    synchronized void apply(String candidate) {
        if (candidate.equals(text)) {
            return;
        }
        try {
            List<String> errors = faults(candidate);
            if (errors.isEmpty()) {
                AppliedDocument applied = new AppliedDocument(engine.apply(candidate));
                document = applied;
                text = candidate;
                drain.follow(Destination.of(applied, !candidate.isBlank(), config, interBroker));
                counters.appliedResourceVersion = applied.resourceVersion;
                counters.appliedAt = Instant.now().toString();
                counters.lastDocumentError = "";
                LOG.info("Audit events are routed by document version {} ({}): {} routes, topics {}",
                        applied.resourceVersion.isEmpty() ? "(none)" : applied.resourceVersion,
                        candidate.isBlank() ? "built in" : candidate.length() + " characters", applied.routes,
                        applied.topics.keySet());
                return;
            }
            refused(refusal(errors).getMessage());
        } catch (RuntimeException | LinkageError e) {
            refused(e.toString());
        }
    }

    private void refused(String why) {
        counters.badDocuments.increment();
        counters.lastDocumentError = why;
        LOG.error("The audit document was refused and version {} stays in force: {}", counters.appliedResourceVersion, why);
    }

    /** Begins to drain; the engine knows its cluster. */
    void start(AuthorizerServerInfo server, String role) {
        String clusterId = server.clusterResource().clusterId();
        if (config.enabled(PluginConfig.AUTHENTICATION_ENABLE, false)) {
            logins = new LoginTrail(engine, counters, new Listeners(config, server.endpoints()), role.equals("controller"),
                    (login, why) -> drain.unrouted(UnroutedLine.of(login, counters.clusterId, why)));
            Logins.add(logins);
        }
        documents.identify(clusterId);
        drain.start(role + "-" + server.brokerId());
        LOG.info("The audit trail of {} {} in cluster {} is running", role, server.brokerId(), clusterId);
    }

    /**
     * Records decisions of Kafka's own authorizer; those that stand. Only what the companion requires changes them, no
     * failure does ({@code rulings.md} 20).
     */
    List<AuthorizationResult> record(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results) {
        int code = NativeEngine.MALFORMED; // Unless the engine says otherwise, it counted nothing.
        try {
            counters.decided.add(actions.size());
            AppliedDocument applied = document;
            if (context.requestType() == ENVELOPE) {
                code = NativeEngine.DONE;
                counters.suppressedUnasked.add(actions.size());
            } else if (!isAnyWanted(applied, context, actions, results)) {
                code = NativeEngine.DONE;
            } else {
                RequestCodec codec = RequestCodec.ofThread();
                int length = codec.encode(context, actions, results);
                code = engine.record(codec.bytes(), length);
                if (code == NativeEngine.DISCARDED) {
                    remember(applied, context, actions, results);
                } else if (code < 0) {
                    unanswered(context, actions, results, code);
                } else if (code != NativeEngine.DONE) {
                    return noted(context, actions, results, code, codec.bytes());
                }
            }
        } catch (Throwable e) {
            counters.javaFailures.increment();
            if (code < 0) {
                unanswered(context, actions, results, e);
            } else {
                failed(context, actions, results, e);
            }
        }
        return results;
    }

    @Override
    public List<AuthorizationResult> noted(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results,
            int answer, byte[] message) {
        if ((answer & NativeEngine.UNRECORDED) != 0) {
            unrecorded(context, actions, results);
        }
        return (answer & NativeEngine.HELD) != 0 ? failModes.obey(context, actions, results, message) : results;
    }

    private static void remember(AppliedDocument applied, AuthorizableRequestContext context, List<Action> actions,
            List<AuthorizationResult> results) {
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            boolean granted = results.get(i) == AuthorizationResult.ALLOWED;
            if (granted ? action.logIfAllowed() : action.logIfDenied()) {
                applied.knownDiscards.add(context.requestType(), action, granted);
            }
        }
    }

    private boolean isAnyWanted(AppliedDocument applied, AuthorizableRequestContext context, List<Action> actions,
            List<AuthorizationResult> results) {
        int api = context.requestType();
        int unwanted = 0;
        int discarded = 0;
        int count = actions.size();
        for (int i = 0; i < count; i++) {
            Action action = actions.get(i);
            boolean granted = results.get(i) == AuthorizationResult.ALLOWED;
            if (!(granted ? action.logIfAllowed() : action.logIfDenied())) {
                unwanted++;
            } else {
                boolean byBroker = action.operation() == AclOperation.CLUSTER_ACTION;
                boolean possible = (applied.interest(api, byBroker) & (granted ? ALLOWED_WANTED : DENIED_WANTED)) != 0;
                if (possible && !applied.knownDiscards.contains(api, action, granted)) {
                    return true; // The engine counts all of them.
                }
                discarded++;
            }
        }
        if (unwanted > 0) {
            counters.unwantedUnasked.add(unwanted);
        }
        if (discarded > 0) {
            counters.discardedUnasked.add(discarded);
        }
        return false;
    }

    @Override
    public void unrecorded(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results,
            Object unanswered) {
        if (unanswered == null) {
            unrecorded(context, actions, results);
        } else {
            unanswered(context, actions, results, unanswered);
        }
    }

    /** Writes minimal lines for decisions of which the engine has counted nothing. */
    private void unanswered(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results, Object why) {
        counters.unrecordedUnasked.add(actions.size());
        failed(context, actions, results, why);
    }

    /** Writes minimal lines for decisions that the engine has counted and could not record. */
    private void unrecorded(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results) {
        failed(context, actions, results, NativeEngine.PANICKED);
    }

    private void failed(AuthorizableRequestContext context, List<Action> actions, List<AuthorizationResult> results,
            Object why) {
        try {
            String reason = why instanceof Throwable ? why.toString() : "native code " + why;
            drain.unrouted(UnroutedLine.of(context, actions, results, counters.clusterId, reason));
            if (errors.now()) {
                LOG.error("Decisions could not be routed ({}) and went to the fallback log as minimal lines: {}", reason,
                        why.equals(NativeEngine.PANICKED) ? NativeEngine.lastPanic() : "no panic");
            }
        } catch (Throwable e) {
            counters.fallbackFailures.increment();
        }
    }

    void breakNextRecordForTest() {
        engine.breakNextRecordForTest();
    }

    @Override
    public void close() {
        if (logins != null) {
            Logins.remove(logins);
        }
        drain.close();
    }
}
