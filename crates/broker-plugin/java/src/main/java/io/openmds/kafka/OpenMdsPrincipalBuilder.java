package io.openmds.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.sasl.SaslServer;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.internals.BrokerSecurityConfigs;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.message.DefaultPrincipalData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.KafkaPrincipalBuilder;
import org.apache.kafka.common.security.auth.KafkaPrincipalSerde;
import org.apache.kafka.common.security.auth.SaslAuthenticationContext;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;
import org.apache.kafka.common.security.kerberos.KerberosShortNamer;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;

/**
 * Kafka's own principals, with the groups that an OAUTHBEARER token names ({@code principal.builder.class}, on brokers and
 * controllers). Brokers hand them on to controllers in a tagged field that Kafka's own builder leaves aside.
 */
public final class OpenMdsPrincipalBuilder implements KafkaPrincipalBuilder, KafkaPrincipalSerde, Configurable {
    static final String GROUPS_CLAIM = "openmds.groups.claim.name";

    /** The name under which the mechanism hands out its token (Kafka's {@code OAuthBearerSaslServer}). */
    private static final String TOKEN = OAuthBearerLoginModule.OAUTHBEARER_MECHANISM + ".token";
    /** Far from the numbers that Kafka gives its own fields. */
    private static final int GROUPS_TAG = 7_341;

    private DefaultKafkaPrincipalBuilder kafkas = new DefaultKafkaPrincipalBuilder(null, null);
    private TokenGroups groups = new TokenGroups("groups");

    @Override
    public void configure(Map<String, ?> configs) {
        kafkas = new DefaultKafkaPrincipalBuilder(kerberos(configs), tls(configs));
        Object claim = configs.get(GROUPS_CLAIM);
        groups = new TokenGroups(claim == null || claim.toString().isBlank() ? "groups" : claim.toString().trim());
    }

    private static SslPrincipalMapper tls(Map<String, ?> configs) {
        Object rules = configs.get(BrokerSecurityConfigs.SSL_PRINCIPAL_MAPPING_RULES_CONFIG);
        return SslPrincipalMapper.fromRules(rules == null ? "DEFAULT" : rules.toString());
    }

    private static KerberosShortNamer kerberos(Map<String, ?> configs) {
        Object rules = configs.get(BrokerSecurityConfigs.SASL_KERBEROS_PRINCIPAL_TO_LOCAL_RULES_CONFIG);
        if (!(rules instanceof Collection)) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        ((Collection<?>) rules).forEach(rule -> texts.add(String.valueOf(rule)));
        String realm = "";
        try {
            realm = new KerberosPrincipal("nobody", KerberosPrincipal.KRB_NT_PRINCIPAL).getRealm();
        } catch (IllegalArgumentException e) {
            // No default realm: rules that need one do not match, as in Kafka.
        }
        try {
            return KerberosShortNamer.fromUnparsedRules(realm, texts);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("sasl.kerberos.principal.to.local.rules", texts, e.getMessage());
        }
    }

    @Override
    public KafkaPrincipal build(AuthenticationContext context) {
        KafkaPrincipal principal = of(context);
        Logins.built(context, principal);
        return principal;
    }

    private KafkaPrincipal of(AuthenticationContext context) {
        KafkaPrincipal principal = kafkas.build(context);
        if (!(context instanceof SaslAuthenticationContext)) {
            return principal;
        }
        SaslServer server = ((SaslAuthenticationContext) context).server();
        if (!OAuthBearerLoginModule.OAUTHBEARER_MECHANISM.equals(server.getMechanismName())) {
            return principal;
        }
        Object token = server.getNegotiatedProperty(TOKEN);
        return token instanceof OAuthBearerToken ? with(principal, groups.of(((OAuthBearerToken) token).value())) : principal;
    }

    private static KafkaPrincipal with(KafkaPrincipal principal, List<String> groups) {
        return groups.isEmpty() ? principal
                : new OpenMdsPrincipal(principal.getPrincipalType(), principal.getName(), principal.tokenAuthenticated(), groups);
    }

    @Override
    public byte[] serialize(KafkaPrincipal principal) {
        DefaultPrincipalData data = new DefaultPrincipalData().setType(principal.getPrincipalType())
                .setName(principal.getName()).setTokenAuthenticated(principal.tokenAuthenticated());
        if (principal instanceof GroupMember) {
            data.unknownTaggedFields().add(new RawTaggedField(GROUPS_TAG, ((GroupMember) principal).packedGroups()));
        }
        return MessageUtil.toVersionPrefixedBytes(DefaultPrincipalData.HIGHEST_SUPPORTED_VERSION, data);
    }

    @Override
    public KafkaPrincipal deserialize(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        short version = buffer.getShort();
        if (version < DefaultPrincipalData.LOWEST_SUPPORTED_VERSION || version > DefaultPrincipalData.HIGHEST_SUPPORTED_VERSION) {
            throw new SerializationException("a principal of version " + version + " came from a broker; this node reads "
                    + DefaultPrincipalData.LOWEST_SUPPORTED_VERSION + " to " + DefaultPrincipalData.HIGHEST_SUPPORTED_VERSION);
        }
        DefaultPrincipalData data = new DefaultPrincipalData(new ByteBufferAccessor(buffer), version);
        KafkaPrincipal principal = new KafkaPrincipal(data.type(), data.name(), data.tokenAuthenticated());
        for (RawTaggedField field : data.unknownTaggedFields()) {
            if (field.tag() == GROUPS_TAG) {
                return with(principal, OpenMdsPrincipal.unpack(field.data()));
            }
        }
        return principal;
    }
}
