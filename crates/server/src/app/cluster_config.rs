//! What the brokers of a registered cluster are told, as properties to paste.

use openmds_api::ClusterConfig;
use openmds_policy::names::{ClusterId, ClusterName};

use super::registered::{kafka_id, registered};
use super::{App, AppError, Caller};
use crate::store::{RegisteredCluster, State};

const OAUTH: &str = "org.apache.kafka.common.security.oauthbearer";
const EXPORTER: &str = "confluent.security.event.logger.exporter.kafka";

impl App {
    /// The properties for the brokers and controllers of a registered Kafka cluster; the right is
    /// that of registering it.
    pub fn cluster_config(&self, caller: &Caller, name: &str) -> Result<ClusterConfig, AppError> {
        let state = self.store.read();
        let (name, cluster) = registered(&state, caller, name)?;
        self.permit_altering_entry(&state, caller, name, &cluster.scope)?;
        let id = kafka_id((name, cluster), "there are no broker properties for it")?;
        Ok(ClusterConfig {
            cluster_name: name.to_string(),
            properties: self.properties(&state, name, &id, cluster),
        })
    }

    fn properties(
        &self,
        state: &State,
        name: &ClusterName,
        id: &ClusterId,
        cluster: &RegisteredCluster,
    ) -> String {
        let token = &self.settings.token;
        let port = cluster.hosts.first().map_or(0, |(_, port)| *port);
        let protocol = &cluster.protocol;
        let url = self.settings.advertised.iter();
        let url = url.max_by_key(|url| url.starts_with("https:")).cloned();
        let url = format!(
            "{}/security/1.0/jwks.json",
            url.unwrap_or_default().trim_end_matches('/')
        );
        let issuer = &token.issuer;
        let audience = if token.audience == id.as_str() {
            id.to_string()
        } else {
            format!("{id},{}", token.audience)
        };
        let servers = self.destination_servers(state);
        let listener = "listener.name.token";
        let tls = if protocol == "SASL_SSL" {
            format!(
                "{listener}.ssl.keystore.type=PEM\n{listener}.ssl.keystore.location=<PEM file with this broker's key and certificate>\n"
            )
        } else {
            String::new()
        };
        format!(
            "\
# Kafka cluster {name}, id {id}: what every broker and controller is told, beside what it has.
# Replace what stands in <angle brackets>; each <...> says what belongs there.

# 1. The token listener, by which the server logs in. Add it to the lists that are there:
#      listeners=...,TOKEN://:{port}
#      advertised.listeners=...,TOKEN://<this broker's host name>:{port}
#        (where that line is absent, it begins as a copy of listeners, without those of controllers)
#      listener.security.protocol.map=...,TOKEN:{protocol}
#    A dedicated controller needs the same block for a second controller listener
#    (controller.listener.names=CONTROLLER,CTOKEN; listener.name.ctoken....).
{listener}.sasl.enabled.mechanisms=OAUTHBEARER
{listener}.oauthbearer.sasl.jaas.config={OAUTH}.OAuthBearerLoginModule required ;
{listener}.sasl.oauthbearer.expected.issuer={issuer}
# The first is for the server's own tokens, what follows for users'.
{listener}.sasl.oauthbearer.expected.audience={audience}
{listener}.sasl.oauthbearer.sub.claim.name=sub
{tls}
#    Without a validator Kafka accepts UNSIGNED tokens: keep one of these two.
#    a) Kafka's own, which reads a copy of {url}
#       (openmds.token.jwks.path of the server writes one), and needs in KAFKA_OPTS, spelt as below:
#         -D{ALLOWED}=<file URL of the JWKS, as below>
{listener}.oauthbearer.sasl.server.callback.handler.class={OAUTH}.OAuthBearerValidatorCallbackHandler
{listener}.sasl.oauthbearer.jwks.endpoint.url=<file URL of the JWKS, such as file:///etc/kafka/openmds-jwks.json>
#    b) that of the OpenMDS jar, which fetches the keys itself and keeps them on disk:
#{listener}.oauthbearer.sasl.server.callback.handler.class=io.openmds.kafka.OpenMdsTokenValidator
#openmds.jwks.url={url}
#openmds.jwks.ssl.truststore.location=<PEM file with the authority of the server's certificate>
#openmds.jwks.cache.path=<file that this broker may write, such as /var/lib/kafka/openmds-jwks.json>

# 2. The authorizer, which records events; the OpenMDS jar is on the class path (libs/).
authorizer.class.name=io.openmds.kafka.OpenMdsAuthorizer
# The server's principal first; separated by semicolons.
super.users=User:_openmds;<the brokers' own principals, such as User:broker>

# 3. How events get to the destination; on controllers too. Leave
#    confluent.security.event.router.config unset: the server sets it.
{EXPORTER}.bootstrap.servers={servers}
{EXPORTER}.security.protocol=SASL_SSL
{EXPORTER}.sasl.mechanism=SCRAM-SHA-256
{EXPORTER}.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"<audit log writer>\" password=\"<its password>\";
{EXPORTER}.ssl.truststore.type=PEM
{EXPORTER}.ssl.truststore.location=<PEM file with the authority of the destination's certificates>
{EXPORTER}.topic.create=false
openmds.audit.destinations.allowed={servers}

# 4. On JDK 24 and newer: --enable-native-access=ALL-UNNAMED in KAFKA_OPTS.
#    Then: openmds cluster verify {name}
"
        )
    }

    /// Where events go by the document in force.
    fn destination_servers(&self, state: &State) -> String {
        let (document, _) = super::audit_version::in_force(state);
        self.destination
            .status(&document)
            .bootstrap_servers
            .join(",")
    }
}

/// The JVM property that allows a validator its URLs (Kafka 4.0 and newer).
const ALLOWED: &str = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
