package io.openmds.kafka;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of pushed documents into force. Where signatures are required, only those go in that the server signed for this
 * cluster, and none older than the last: whoever may alter configurations could else switch recording off. What is refused
 * changes nothing; it is logged, counted, and an event of the trail. Document and signature are separate keys, so a
 * document may come some time before what vouches for it.
 */
final class SignedDocuments {
    private static final Logger LOG = LoggerFactory.getLogger(SignedDocuments.class);
    private static final long LOOK_MS = 1_000;

    private final SignatureSettings settings;
    private final ModeCounters counters;
    private final Consumer<Documents> follow;
    /** Null unless signatures are required. */
    private final SignedCopy copy;
    private String clusterId;
    private Documents inForce;
    /** Vouches for those in force; null before the first. */
    private DocumentSignature vouched;
    /** Not followed; null if nothing waits. */
    private Documents waiting;
    private String fault;
    private boolean alarmed;
    /** When the alarm is due, by the clock of {@link #alarm}; null as long as that was not asked. */
    private Long due;
    private long nextLook;

    /**
     * @param configured those of server.properties, which are in force and need no signature: who writes there could as
     *         well turn this off
     */
    SignedDocuments(SignatureSettings settings, ModeCounters counters, Documents configured, Consumer<Documents> follow) {
        this.settings = settings;
        this.counters = counters;
        this.follow = follow;
        copy = settings.required ? new SignedCopy(settings.directory) : null;
        inForce = configured;
        Documents kept = copy == null ? null : copy.read();
        if (kept != null) {
            try {
                vouched = DocumentSignature.parse(kept.signature);
                enforce(kept);
            } catch (IOException e) {
                LOG.warn("The kept signature of the audit documents cannot be read: {}", e.toString());
            }
        }
    }

    private void enforce(Documents documents) {
        inForce = documents;
        follow.accept(documents);
    }

    /** The cluster holds these now. Never throws. */
    synchronized void offer(Documents documents) {
        if (copy == null) {
            enforce(documents);
        } else if (!documents.equal(waiting == null ? inForce : waiting)) {
            boolean others = waiting == null || !waiting.askAs(documents);
            waiting = documents;
            if (others) {
                due = null;
                alarmed = false;
            }
            judge();
        }
    }

    /** The node is one of this cluster. */
    synchronized void identify(String id) {
        clusterId = id;
        judge();
    }

    private void judge() {
        if (waiting == null) {
            return;
        }
        fault = fault();
        if (fault == null) {
            Documents good = waiting;
            settle();
            enforce(good);
            copy.keep(good);
        } else if (waiting.askAs(inForce)) {
            settle(); // What they ask for is in force already, whatever is wrong with their signature.
        }
    }

    private void settle() {
        waiting = null;
        due = null;
        alarmed = false;
        counters.documentDistrust = "";
    }

    private String fault() {
        X509Certificate authority = copy.authority();
        if (clusterId == null || authority == null) {
            return "this node has not joined yet, and knows no authority to check the signature by";
        }
        if (waiting.signature.isEmpty()) {
            return "they bear no signature";
        }
        try {
            DocumentSignature signature = DocumentSignature.parse(waiting.signature);
            String wrong = signature.fault(waiting, clusterId, authority);
            if (wrong == null && vouched != null && signature.isBehind(vouched)) {
                wrong = "they are older than those in force (signed at " + Instant.ofEpochMilli(signature.signedAtMs) + ", generation "
                        + signature.generation + "; in force is what was signed at " + Instant.ofEpochMilli(vouched.signedAtMs) + ")";
            }
            vouched = wrong == null ? signature : vouched;
            return wrong;
        } catch (IOException e) {
            return "the signature cannot be read: " + e.getMessage();
        }
    }

    /**
     * What is to be said of documents that are not followed, once; null if there is nothing.
     *
     * @param nowMs from a clock that never goes back
     */
    synchronized Pairs alarm(long nowMs) {
        if (waiting == null) {
            return null;
        }
        if (due == null) {
            due = nowMs + settings.waitMs;
            nextLook = nowMs;
        }
        if (nowMs >= nextLook) {
            nextLook = nowMs + LOOK_MS;
            judge(); // The node may have joined meanwhile.
        }
        if (waiting == null || alarmed || nowMs < due) {
            return null;
        }
        alarmed = true;
        counters.distrustedDocuments.increment();
        counters.documentDistrust = fault;
        LOG.error("The cluster holds audit documents that this node does not follow: {}. Version {} stays in force. Find out who"
                + " altered {} or {}; the server signs with openmds.audit.documents.sign=true", fault, counters.appliedVersion(),
                PluginConfig.ROUTER_CONFIG, PluginConfig.COMPANION);
        return new Pairs().add("what", "distrust").add("reason", fault).add("document", Documents.digest(waiting.document))
                .add("companion", Documents.digest(waiting.companion)).add("in_force", counters.appliedVersion());
    }
}
