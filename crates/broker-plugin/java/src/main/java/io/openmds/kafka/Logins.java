package io.openmds.kafka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SaslAuthenticationContext;
import org.apache.kafka.common.security.auth.SslAuthenticationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where log ins of this process meet the instances that record them. Who was let in, the principal builder sees; who was
 * not, only Kafka's log says ({@code kafka-internals.md} 3.5).
 */
final class Logins {
    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);

    private static volatile LoginTrail[] trails = {};
    private static RefusalTap tap;

    private Logins() {}

    /** From now on the instance is told of log ins at its listeners. */
    static synchronized void add(LoginTrail trail) {
        List<LoginTrail> more = new ArrayList<>(Arrays.asList(trails));
        more.add(trail);
        trails = more.toArray(new LoginTrail[0]);
        if (tap == null) {
            tap = RefusalTap.open(Logins::logged);
        }
    }

    static synchronized void remove(LoginTrail trail) {
        List<LoginTrail> fewer = new ArrayList<>(Arrays.asList(trails));
        fewer.remove(trail);
        trails = fewer.toArray(new LoginTrail[0]);
        if (fewer.isEmpty() && tap != null) {
            tap.close();
            tap = null;
        }
    }

    /** A principal was built: with every request of a connection up to Kafka 4.3, of which the first counts. */
    static void built(AuthenticationContext context, KafkaPrincipal principal) {
        LoginTrail[] present = trails;
        if (present.length == 0) {
            return;
        }
        Object login = login(context);
        if (login == null || !SeenConnections.ofThread().isNew(login)) {
            return;
        }
        try {
            for (LoginTrail trail : present) {
                if (trail.serves(context.listenerName())) {
                    trail.accepted(context, principal);
                    return;
                }
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.error("A log in of {} at {} could not be recorded", principal, context.listenerName(), e);
        }
    }

    /**
     * What lives as long as one log in does: with SASL the exchange, of which authenticating again makes a new one. A
     * resumed TLS session may belong to several connections, but the address object is the socket's own. Null without
     * authentication.
     */
    private static Object login(AuthenticationContext context) {
        if (context instanceof SaslAuthenticationContext) {
            return ((SaslAuthenticationContext) context).server();
        }
        return context instanceof SslAuthenticationContext ? context.clientAddress() : null;
    }

    /** A line of Kafka's selectors. */
    private static void logged(String line) {
        RefusedLogin refused = RefusedLogin.of(line);
        if (refused == null) {
            return;
        }
        for (LoginTrail trail : trails) {
            if (trail.serves(refused)) {
                trail.refused(refused);
                return;
            }
        }
    }
}
