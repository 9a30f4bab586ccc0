//! Misspelt names: Kafka ignores a property that it does not know.

use openmds_policy::text::distance;

use super::Examined;
use super::listeners::Listener;

/// What the plugin reads under its own prefix.
const OWN: &[&str] = &[
    "openmds.authorizer.enable",
    "openmds.authorizer.mode",
    "openmds.feed.dir",
    "openmds.feed.join.token.path",
    "openmds.feed.ssl.truststore.location",
    "openmds.feed.ssl.truststore.password",
    "openmds.feed.ssl.truststore.type",
    "openmds.feed.urls",
    "openmds.feed.wait.ms",
    "openmds.groups.claim.name",
    "openmds.listeners.early",
    "openmds.native.library.path",
    "openmds.policy.stale.ms",
    "openmds.audit.queue.max.bytes",
    "openmds.audit.exporter.principal",
    "openmds.audit.destinations.allowed",
    "openmds.audit.plain.allowed",
    "openmds.jwks.cache.path",
    "openmds.jwks.url",
    "openmds.jwks.refresh.ms",
    "openmds.jwks.early.refresh.ms",
    "openmds.jwks.http.allowed",
    "openmds.jwks.ssl.truststore.location",
    "openmds.jwks.ssl.truststore.type",
    "openmds.jwks.ssl.truststore.password",
    "openmds.token.issuer",
    "openmds.token.audience",
    "openmds.token.clock.skew.seconds",
];

/// Names of Kafka's and of the audit log's that matter here, and that are close to what people mistype.
const KNOWN: &[&str] = &[
    "process.roles",
    "node.id",
    "broker.id",
    "log.dirs",
    "log.dir",
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "inter.broker.listener.name",
    "security.inter.broker.protocol",
    "sasl.mechanism.inter.broker.protocol",
    "sasl.mechanism.controller.protocol",
    "controller.listener.names",
    "controller.quorum.voters",
    "controller.quorum.bootstrap.servers",
    "authorizer.class.name",
    "super.users",
    "allow.everyone.if.no.acl.found",
    "principal.builder.class",
    "early.start.listeners",
    "sasl.enabled.mechanisms",
    "sasl.jaas.config",
    "sasl.server.callback.handler.class",
    "sasl.login.callback.handler.class",
    "sasl.oauthbearer.jwks.endpoint.url",
    "sasl.oauthbearer.jwks.endpoint.refresh.ms",
    "sasl.oauthbearer.expected.issuer",
    "sasl.oauthbearer.expected.audience",
    "sasl.oauthbearer.sub.claim.name",
    "sasl.oauthbearer.clock.skew.seconds",
    "ssl.keystore.type",
    "ssl.keystore.location",
    "ssl.keystore.password",
    "ssl.keystore.key",
    "ssl.keystore.certificate.chain",
    "ssl.key.password",
    "ssl.truststore.type",
    "ssl.truststore.location",
    "ssl.truststore.password",
    "ssl.truststore.certificates",
    "ssl.client.auth",
    "ssl.principal.mapping.rules",
    "ssl.endpoint.identification.algorithm",
    "ssl.enabled.protocols",
    "connections.max.reauth.ms",
    "confluent.authorizer.authority.name",
    "confluent.security.event.router.config",
    "confluent.security.event.logger.enable",
    "confluent.security.event.logger.authentication.enable",
    "confluent.security.event.logger.exporter.kafka.bootstrap.servers",
    "confluent.security.event.logger.exporter.kafka.security.protocol",
    "confluent.security.event.logger.exporter.kafka.sasl.mechanism",
    "confluent.security.event.logger.exporter.kafka.sasl.jaas.config",
    "confluent.security.event.logger.exporter.kafka.topic.create",
    "confluent.security.event.logger.exporter.kafka.topic.replicas",
    "confluent.security.event.logger.exporter.kafka.topic.partitions",
];

/// Mechanisms, which stand between a listener and a setting of SASL.
const MECHANISMS: [&str; 5] = [
    "oauthbearer.",
    "plain.",
    "gssapi.",
    "scram-sha-256.",
    "scram-sha-512.",
];

pub(super) fn check(examined: &mut Examined<'_>, listeners: &[Listener]) {
    for property in examined.properties {
        let name = property.name.as_str();
        if let Some(rest) = name.strip_prefix("listener.name.") {
            of_listener(examined, listeners, name, rest);
        } else if name.starts_with("openmds.") {
            if !OWN.contains(&name) {
                unknown(examined, name, nearest(name, OWN, usize::MAX));
            }
        } else if !KNOWN.contains(&name)
            && let Some(near) = nearest(name, KNOWN, 2)
        {
            unknown(examined, name, Some(near));
        }
    }
}

fn of_listener(examined: &mut Examined<'_>, listeners: &[Listener], name: &str, rest: &str) {
    let own = listeners.iter().find(|listener| {
        let prefix = format!("{}.", listener.name);
        rest.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(&prefix))
    });
    let Some(listener) = own else {
        // Controllers' listeners have settings on brokers too, which connect to them.
        let first = rest.split('.').next().unwrap_or_default();
        let mut controllers = examined.list("controller.listener.names").into_iter();
        if !controllers.any(|one| one.eq_ignore_ascii_case(first)) {
            examined.warning(
                "unknown-listener",
                name,
                format!("there is no listener {first}: Kafka ignores the line"),
                "use the name of one of listeners, in lower case",
            );
        }
        return;
    };
    if !name.starts_with(&listener.prefix()) {
        examined.error(
            "listener-case",
            name,
            "Kafka ignores the line: here the listener's name must be in lower case",
            &format!("begin it with {}", listener.prefix()),
        );
        return;
    }
    let setting = rest.get(listener.name.len() + 1..).unwrap_or_default();
    let bare = MECHANISMS
        .iter()
        .find_map(|mechanism| setting.strip_prefix(mechanism));
    let bare = bare.unwrap_or(setting);
    if !KNOWN.contains(&bare)
        && let Some(near) = nearest(bare, KNOWN, 2)
    {
        unknown(examined, name, Some(near));
    }
}

fn unknown(examined: &mut Examined<'_>, name: &str, near: Option<&str>) {
    let fix = match near {
        Some(near) => format!("did you mean {near}?"),
        None => "leave it out".to_owned(),
    };
    examined.warning(
        "unknown-property",
        name,
        "is not a property that anything here reads",
        &fix,
    );
}

/// The nearest name, if it is at most that many changes away.
fn nearest<'n>(name: &str, names: &[&'n str], most: usize) -> Option<&'n str> {
    let near = names
        .iter()
        .map(|known| (distance(name, known), *known))
        .min()?;
    (near.0 <= most).then_some(near.1)
}
