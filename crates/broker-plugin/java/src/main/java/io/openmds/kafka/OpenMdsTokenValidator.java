package io.openmds.kafka;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerExtensionsValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the server's users in at a broker's OAUTHBEARER listener, by
 * {@code listener.name.NAME.oauthbearer.sasl.server.callback.handler.class}. Unlike Kafka's own validator it keeps
 * the server's keys on disk: a broker starts, and goes on, while the server is away ({@code rulings.md} 16).
 * Settings: {@link TokenSettings}.
 */
public final class OpenMdsTokenValidator implements AuthenticateCallbackHandler {
    private static final Logger LOG = LoggerFactory.getLogger(OpenMdsTokenValidator.class);

    private final LongSupplier clock;
    private final Seldom seldom = new Seldom();
    private TokenCheck check;
    private JwksSource keys;

    /** By the wall clock; Kafka makes one for each listener. */
    public OpenMdsTokenValidator() {
        this(System::currentTimeMillis);
    }

    OpenMdsTokenValidator(LongSupplier clock) {
        this.clock = clock;
    }

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaas) {
        if (!OAuthBearerLoginModule.OAUTHBEARER_MECHANISM.equals(mechanism)) {
            throw new ConfigException(getClass().getName() + " is for the mechanism OAUTHBEARER, not for " + mechanism);
        }
        if (jaas == null || jaas.size() != 1) {
            throw new ConfigException("sasl.jaas.config must name OAuthBearerLoginModule, and nothing else");
        }
        TokenSettings settings = new TokenSettings(configs, jaas.get(0).getOptions());
        check = new TokenCheck(settings.issuer, settings.audiences, settings.skewMs);
        FeedKeys feed = settings.feed == null ? null : FeedKeys.of(settings.feed);
        keys = new JwksSource(settings.cache, settings.url, settings.trust, settings.refreshMs, settings.earlyRefreshMs, feed);
    }

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof OAuthBearerValidatorCallback) {
                validate((OAuthBearerValidatorCallback) callback);
            } else if (callback instanceof OAuthBearerExtensionsValidatorCallback) {
                // As Kafka's own validator: nothing is made of extensions, so any will do.
                OAuthBearerExtensionsValidatorCallback extensions = (OAuthBearerExtensionsValidatorCallback) callback;
                extensions.inputExtensions().map().keySet().forEach(extensions::valid);
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    /** On a network thread: looks at what is in memory, and waits for nothing. */
    private void validate(OAuthBearerValidatorCallback callback) {
        try {
            callback.token(check.verify(callback.tokenValue(), keys.current(), clock.getAsLong()));
        } catch (TokenRefused refused) {
            if (refused instanceof TokenCheck.UnknownKey) {
                keys.lookAgain();
            }
            if (seldom.now()) {
                LOG.warn("A token was refused: {}", refused.getMessage());
            } else {
                LOG.debug("A token was refused: {}", refused.getMessage());
            }
            callback.error("invalid_token", null, null);
        }
    }

    @Override
    public void close() {
        if (keys != null) {
            keys.close();
        }
    }
}
