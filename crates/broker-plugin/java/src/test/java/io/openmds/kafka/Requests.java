package io.openmds.kafka;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;

/** Requests and servers as a broker would present them. */
final class Requests {
    static final String CLUSTER_ID = "KnnqZmEhQ1yOVnRz0pIYtA";
    static final Endpoint ENDPOINT = new Endpoint("CLIENT", SecurityProtocol.SASL_PLAINTEXT, "localhost", 9092);

    private Requests() {}

    static AuthorizableRequestContext request(int api, String user) {
        return request(api, new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user));
    }

    static AuthorizableRequestContext request(int api, KafkaPrincipal principal) {
        return request(api, principal, new byte[] {(byte) 172, 21, 0, 1});
    }

    static AuthorizableRequestContext request(int api, KafkaPrincipal principal, byte[] address) {
        return new Context(api, principal, "console-producer", address(address));
    }

    static AuthorizableRequestContext request(int api, String user, String clientId, byte[] address) {
        return new Context(api, new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user), clientId, address(address));
    }

    private static InetAddress address(byte[] raw) {
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Action action(AclOperation operation, ResourceType type, String name) {
        return new Action(operation, new ResourcePattern(type, name, PatternType.LITERAL), 1, true, true);
    }

    static Action unlogged(AclOperation operation, ResourceType type, String name) {
        return new Action(operation, new ResourcePattern(type, name, PatternType.LITERAL), 1, false, false);
    }

    static Action createTopic(String name) {
        return action(AclOperation.CREATE, ResourceType.TOPIC, name);
    }

    /** A started authorizer; {@code settings} are pairs. */
    static OpenMdsAuthorizer started(String... settings) {
        OpenMdsAuthorizer authorizer = configured(settings);
        authorizer.start(server());
        authorizer.completeInitialLoad();
        return authorizer;
    }

    static OpenMdsAuthorizer configured(String... settings) {
        OpenMdsAuthorizer authorizer = new OpenMdsAuthorizer();
        Map<String, Object> configs = new java.util.HashMap<>(Map.of("node.id", "1", "super.users", "User:admin"));
        for (int i = 0; i < settings.length; i += 2) {
            configs.put(settings[i], settings[i + 1]);
        }
        authorizer.configure(configs);
        return authorizer;
    }

    /** A broker whose only listener is that between brokers. */
    static AuthorizerServerInfo server() {
        return server(List.of(ENDPOINT));
    }

    /** A broker with these listeners; the first one is that between brokers. */
    static AuthorizerServerInfo server(List<Endpoint> endpoints) {
        return new AuthorizerServerInfo() {
            @Override
            public ClusterResource clusterResource() {
                return new ClusterResource(CLUSTER_ID);
            }

            @Override
            public int brokerId() {
                return 1;
            }

            @Override
            public Collection<Endpoint> endpoints() {
                return endpoints;
            }

            @Override
            public Endpoint interBrokerEndpoint() {
                return endpoints.get(0);
            }

            @Override
            public Collection<String> earlyStartListeners() {
                return List.of();
            }
        };
    }

    private static final class Context implements AuthorizableRequestContext {
        private final int api;
        private final KafkaPrincipal principal;
        private final String clientId;
        private final InetAddress address;

        Context(int api, KafkaPrincipal principal, String clientId, InetAddress address) {
            this.api = api;
            this.principal = principal;
            this.clientId = clientId;
            this.address = address;
        }

        @Override
        public String listenerName() {
            return "CLIENT";
        }

        @Override
        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.SASL_PLAINTEXT;
        }

        @Override
        public KafkaPrincipal principal() {
            return principal;
        }

        @Override
        public InetAddress clientAddress() {
            return address;
        }

        @Override
        public int requestType() {
            return api;
        }

        @Override
        public int requestVersion() {
            return 7;
        }

        @Override
        public String clientId() {
            return clientId;
        }

        @Override
        public int correlationId() {
            return 53;
        }
    }
}
