package io.openmds.kafka;

import java.util.Set;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;

/** A token that passed every check. Kafka ends the session at {@link #lifetimeMs}. */
final class VerifiedToken implements OAuthBearerToken {
    private final String value;
    private final String subject;
    private final Set<String> scope;
    private final long expires;
    private final Long issued;

    VerifiedToken(String value, String subject, Set<String> scope, long expires, Long issued) {
        this.value = value;
        this.subject = subject;
        this.scope = scope;
        this.expires = expires;
        this.issued = issued;
    }

    @Override
    public String value() {
        return value;
    }

    @Override
    public Set<String> scope() {
        return scope;
    }

    @Override
    public long lifetimeMs() {
        return expires;
    }

    @Override
    public String principalName() {
        return subject;
    }

    @Override
    public Long startTimeMs() {
        return issued;
    }
}
