package io.openmds.kafka;

import java.net.InetAddress;
import java.security.Principal;
import java.util.Locale;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SaslAuthenticationContext;
import org.apache.kafka.common.security.auth.SslAuthenticationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the log ins at one instance's listeners to its engine. Called by network threads: waits for nothing, never throws. */
final class LoginTrail {
    private static final Logger LOG = LoggerFactory.getLogger(LoginTrail.class);

    private final NativeEngine engine;
    private final AuditCounters counters;
    private final Listeners listeners;
    private final boolean ofController;
    private final BiConsumer<Pairs, String> unrecorded;
    private final Seldom errors = new Seldom();

    /** @param unrecorded told of a log in that the engine did not take, and why */
    LoginTrail(NativeEngine engine, AuditCounters counters, Listeners listeners, boolean ofController,
            BiConsumer<Pairs, String> unrecorded) {
        this.engine = engine;
        this.counters = counters;
        this.listeners = listeners;
        this.ofController = ofController;
        this.unrecorded = unrecorded;
    }

    static void warnOfUnseen(PluginConfig config) {
        String builder = OpenMdsPrincipalBuilder.class.getName();
        if (config.enabled(PluginConfig.AUTHENTICATION_ENABLE, false) && !builder.equals(config.get("principal.builder.class"))) {
            LOG.warn("{}=true, but log ins that succeed are not seen on this node: set principal.builder.class={}",
                    PluginConfig.AUTHENTICATION_ENABLE, builder);
        }
    }

    /** Whether a connection to this listener is this instance's. */
    boolean serves(String listener) {
        return listeners.isOfControllers(listener) == ofController;
    }

    boolean serves(RefusedLogin refused) {
        return refused.byController == ofController;
    }

    void accepted(AuthenticationContext context, KafkaPrincipal principal) {
        counters.acceptedLogins.increment();
        Pairs login = new Pairs().add("accepted", "true").add("principal", principal.toString());
        String protocol = context.securityProtocol().name;
        if (context instanceof SaslAuthenticationContext) {
            SaslAuthenticationContext sasl = (SaslAuthenticationContext) context;
            login.add("mechanism", protocol + "/" + sasl.server().getMechanismName().toUpperCase(Locale.ROOT))
                    .add("identifier", String.valueOf(sasl.server().getAuthorizationID()));
        } else {
            login.add("mechanism", protocol).add("identifier", certified((SslAuthenticationContext) context));
        }
        InetAddress address = context.clientAddress();
        record(login, address == null ? "" : address.getHostAddress());
    }

    /** The subject of the client's certificate; empty if it showed none. */
    private static String certified(SslAuthenticationContext context) {
        try {
            Principal subject = context.session().getPeerPrincipal();
            return subject == null ? "" : subject.getName();
        } catch (SSLPeerUnverifiedException e) {
            return "";
        }
    }

    void refused(RefusedLogin refused) {
        counters.refusedLogins.increment();
        record(new Pairs().add("accepted", "false").add("mechanism", refused.mechanism(listeners))
                .add("message", refused.reason), refused.address);
    }

    private void record(Pairs login, String address) {
        // Without the scope of a link-local address, as everywhere.
        int scope = address.indexOf('%');
        login.add("address", scope < 0 ? address : address.substring(0, scope));
        String why;
        try {
            int code = engine.login(login);
            if (code == NativeEngine.DONE) {
                return;
            }
            why = "native code " + code + (code == NativeEngine.PANICKED ? ": " + NativeEngine.lastPanic() : "");
        } catch (RuntimeException | LinkageError e) {
            why = e.toString();
        }
        counters.javaFailures.increment();
        counters.unrecordedUnasked.increment();
        unrecorded.accept(login, why);
        if (errors.now()) {
            LOG.error("A log in could not be recorded ({}) and went to the fallback log as a minimal line", why);
        }
    }
}
