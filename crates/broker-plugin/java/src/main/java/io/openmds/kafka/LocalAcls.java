package io.openmds.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mirrors the cluster's own ACLs into the native engine, which decides by them. Called by the thread
 * that publishes metadata; nothing is thrown at it. Where the mirror cannot follow, it is not
 * {@link #faithful} until a whole reload succeeded: deciding without a DENY would be worse than denying.
 */
final class LocalAcls {
    private static final Logger LOG = LoggerFactory.getLogger(LocalAcls.class);

    private final NativeEngine engine;
    private final AuditCounters counters;
    private final Map<Uuid, StandardAcl> acls = new HashMap<>();
    private volatile boolean faithful = true;

    LocalAcls(NativeEngine engine, AuditCounters counters) {
        this.engine = engine;
        this.counters = counters;
    }

    boolean faithful() {
        return faithful;
    }

    synchronized void load(Map<Uuid, StandardAcl> snapshot) {
        acls.clear();
        acls.putAll(snapshot);
        reload();
    }

    synchronized void add(Uuid id, StandardAcl acl) {
        acls.put(id, acl);
        change(NativeEngine.ADD_ACLS, acl);
    }

    synchronized void remove(Uuid id) {
        StandardAcl acl = acls.remove(id);
        if (acl != null && !acls.containsValue(acl)) {
            change(NativeEngine.REMOVE_ACLS, acl);
        }
    }

    /** From now on decisions can be made. */
    synchronized void complete() {
        send(NativeEngine.ACLS_LOADED, List.of());
    }

    private void change(int what, StandardAcl acl) {
        if (!faithful || !send(what, List.of(acl))) {
            reload();
        }
    }

    private void reload() {
        faithful = send(NativeEngine.LOAD_ACLS, acls.values());
    }

    private boolean send(int what, Collection<StandardAcl> sent) {
        try {
            int code = engine.localAcls(AclCodec.encode(sent), what);
            if (code == NativeEngine.DONE) {
                return true;
            }
            LOG.error("The ACLs of this cluster could not be mirrored (native code {}, {}): until they can, everybody but"
                    + " super users is denied", code, NativeEngine.lastPanic());
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.error("The ACLs of this cluster could not be mirrored: until they can, everybody but super users is denied", e);
        }
        counters.decisionErrors.increment();
        return false;
    }
}
