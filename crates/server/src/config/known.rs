//! Which names are ours, so that a typing error is found at start and not in an incident.

use std::collections::BTreeMap;

use openmds_policy::text::distance;

use super::file::Fault;

pub(super) const SERVER: &str = "confluent.metadata.server.";
const OURS: &str = "openmds.";

/// Names under [`SERVER`] that are read.
pub(super) const READ: &[&str] = &[
    "listeners",
    "advertised.listeners",
    "authentication.method",
    "user.store",
    "user.store.file.path",
    "sso.mode",
    "oauthbearer.jwks.endpoint.url",
    "oauthbearer.expected.issuer",
    "oauthbearer.expected.audience",
    "oauthbearer.sub.claim.name",
    "oauthbearer.groups.claim.name",
    "impersonation.super.users",
    "impersonation.protected.users",
    "auth.ssl.principal.mapping.rules",
    "token.key.path",
    "token.max.lifetime.ms",
    "token.signature.algorithm",
    "ssl.keystore.type",
    "ssl.keystore.location",
    "ssl.keystore.certificate.chain",
    "ssl.keystore.key",
    "ssl.keystore.password",
    "ssl.key.password",
    "ssl.truststore.password",
    "ssl.truststore.type",
    "ssl.truststore.location",
    "ssl.truststore.certificates",
    "ssl.client.authentication",
    "ssl.enabled.protocols",
    "ssl.cipher.suites",
    "http2.enabled",
    "access.control.allow.origin",
    "access.control.allow.methods",
    "access.control.allow.headers",
];

/// Names under [`SERVER`] that files of the reference product hold and that mean nothing here
/// (`rbac-registry-tokens.md` 3.3 and 3.6).
pub(super) const IGNORED: &[&str] = &[
    "token.auth.enable",
    "public.key.path",
    "kraft.controller.enabled",
    "openapi.enable",
    "ssl.endpoint.identification.algorithm",
    "sni.host.check.enabled",
    "cluster.registry.enable",
];

/// Names under [`OURS`]; a trailing dot stands for any name that begins so.
pub(super) const OWN: &[&str] = &[
    "openmds.store.path",
    "openmds.audit.documents.sign",
    "openmds.enrollment.ca.path",
    "openmds.enrollment.certificate.days",
    "openmds.cluster.id",
    "openmds.idp.jwks.refresh.interval.ms",
    "openmds.idp.jwks.retry.interval.ms",
    "openmds.idp.clock.skew.ms",
    "openmds.idp.ssl.",
    "openmds.sso.callers.allowed",
    "openmds.sso.redirect.uri",
    "openmds.ldap.starttls",
    "openmds.ldap.page.size",
    "openmds.ldap.verified.life.ms",
    "openmds.user.store.file.groups.path",
    "openmds.user.store.file.refresh.interval.ms",
    "openmds.token.issuer",
    "openmds.token.audience",
    "openmds.token.jwks.path",
    "openmds.oauth.assertion.jwks.",
    "openmds.token.keys.path",
    "openmds.token.keys.publish.ms",
    "openmds.audit.destinations.allowed",
    "openmds.audit.plain.allowed",
    "openmds.controllers.",
    "openmds.push.timeout.ms",
    "openmds.push.plaintext.allowed",
    "openmds.reconcile.interval.ms",
    "openmds.ssl.reload.interval.ms",
    "openmds.connections.max",
    "openmds.connections.max.idle.ms",
    "openmds.request.head.timeout.ms",
    "openmds.request.body.timeout.ms",
    "openmds.request.timeout.ms",
    "openmds.requests.max",
    "openmds.feed.nodes.max",
    "openmds.login.failures.max",
    "openmds.login.delay.ms",
    "openmds.login.delay.max.ms",
    "openmds.login.memory.ms",
    "openmds.metrics.access",
    "openmds.hsts.max.age.seconds",
    "openmds.log.format",
];

/// Names without a prefix of ours that are read.
pub(super) const PLAIN: &[&str] = &[
    "super.users",
    "confluent.metadata.bootstrap.servers",
    "confluent.security.event.logger.destination.admin.bootstrap.servers",
    "confluent.security.event.logger.enable",
    "confluent.security.event.logger.exporter.kafka.bootstrap.servers",
    "confluent.security.event.logger.exporter.kafka.delivery.timeout.ms",
    "confluent.security.event.logger.exporter.kafka.topic.create",
    "confluent.security.event.logger.exporter.kafka.topic.partitions",
    "confluent.security.event.logger.exporter.kafka.topic.replicas",
    "confluent.authorizer.authority.name",
];

/// What stands before the names of client properties that are read.
const CLIENT_PREFIXES: &[&str] = &[
    "confluent.metadata.admin.",
    "confluent.metadata.",
    "confluent.security.event.logger.destination.admin.",
    "confluent.security.event.logger.exporter.kafka.",
];

/// Client properties that are read (`openmds_kafka::connection_from_properties`).
pub(super) const CLIENT: &[&str] = &[
    "security.protocol",
    "sasl.mechanism",
    "sasl.jaas.config",
    "ssl.truststore.type",
    "ssl.truststore.location",
    "ssl.truststore.password",
    "ssl.truststore.certificates",
    "ssl.keystore.type",
    "ssl.keystore.location",
    "ssl.keystore.password",
    "ssl.keystore.key",
    "ssl.keystore.certificate.chain",
    "ssl.key.password",
    "ssl.endpoint.identification.algorithm",
    "request.timeout.ms",
];

/// Faults for unknown names under our prefixes, and warnings for names that are ignored.
pub(super) fn check(properties: &BTreeMap<String, String>) -> (Vec<Fault>, Vec<String>) {
    let mut faults = Vec::new();
    let mut warnings = Vec::new();
    for name in properties.keys() {
        if let Some(rest) = name.strip_prefix(SERVER) {
            if IGNORED.contains(&rest) {
                warnings.push(format!("{name} has no meaning for OpenMDS and is ignored"));
            } else if !READ.contains(&rest) {
                faults.push(unknown(
                    name,
                    READ.iter().map(|known| format!("{SERVER}{known}")),
                ));
            }
        } else if name.starts_with(OURS) {
            let known =
                |own: &&&str| *own == name || (own.ends_with('.') && name.starts_with(**own));
            if OWN.iter().find(known).is_none() {
                faults.push(unknown(name, OWN.iter().map(ToString::to_string)));
            }
        } else if let Some(meant) = nearly_ours(name) {
            faults.push(Fault {
                property: name.clone(),
                message: format!("is read by nobody; did you mean {meant}?"),
            });
        }
    }
    (faults, warnings)
}

/// The name of the reference that this one misspells by a letter or two. Names that we do not read
/// at all are other programs' business: the file may be a broker's own.
fn nearly_ours(name: &str) -> Option<String> {
    let plain = PLAIN.iter().map(ToString::to_string);
    let of_clients = CLIENT_PREFIXES
        .iter()
        .filter(|prefix| name.starts_with(**prefix))
        .flat_map(|prefix| CLIENT.iter().map(move |rest| format!("{prefix}{rest}")));
    let known: Vec<String> = plain.chain(of_clients).collect();
    if known.iter().any(|known| known == name) {
        return None;
    }
    known.into_iter().find(|known| distance(name, known) <= 2)
}

fn unknown(name: &str, known: impl Iterator<Item = String>) -> Fault {
    let nearest = known.min_by_key(|known| distance(name, known));
    let hint = nearest
        .map(|known| format!("; did you mean {known}?"))
        .unwrap_or_default();
    Fault {
        property: name.to_string(),
        message: format!("is not a property of this version{hint}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_is_a_fault_with_a_hint() {
        let properties = BTreeMap::from([("openmds.push.timeot.ms".to_string(), "1".to_string())]);
        let (faults, _) = check(&properties);
        assert_eq!(
            faults[0].message,
            "is not a property of this version; did you mean openmds.push.timeout.ms?"
        );
    }

    #[test]
    fn every_controllers_name_and_foreign_prefix_is_taken() {
        let names = [
            "openmds.controllers.payments",
            "confluent.metadata.bootstrap.servers",
            "log.dirs",
        ];
        let properties = names
            .iter()
            .map(|name| (name.to_string(), String::new()))
            .collect();
        assert_eq!(check(&properties), (vec![], vec![]));
    }

    #[test]
    fn names_of_the_reference_are_known_by_a_letter_or_two() {
        let meant = [
            ("super.user", "super.users"),
            ("super.usres", "super.users"),
            (
                "confluent.metadata.bootstrap.server",
                "confluent.metadata.bootstrap.servers",
            ),
            (
                "confluent.metadata.sasl.mechanisms",
                "confluent.metadata.sasl.mechanism",
            ),
            (
                "confluent.metadata.ssl.trustore.location",
                "confluent.metadata.ssl.truststore.location",
            ),
        ];
        for (name, meant) in meant {
            assert_eq!(nearly_ours(name).as_deref(), Some(meant));
        }
        for other in [
            "super.users",
            "listeners",
            "ssl.keystore.location",
            "confluent.metadata.bootstrap.server.urls",
            "confluent.metadata.topic.replication.factor",
            "confluent.metadata.ssl.keystore.password",
        ] {
            assert_eq!(nearly_ours(other), None, "{other}");
        }
    }
}
