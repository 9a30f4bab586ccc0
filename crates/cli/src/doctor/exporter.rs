//! How the plugin writes audit events (`audit-logs.md` 6.1).

use openmds_policy::audit::{Document, ROUTER_CONFIG_KEY};
use openmds_policy::names::is_loopback;

use super::Examined;

const EXPORTER: &str = "confluent.security.event.logger.exporter.kafka.";

pub(super) fn check(examined: &mut Examined<'_>, broker: bool) {
    if let Some(text) = examined.get(ROUTER_CONFIG_KEY) {
        match Document::parse_property(text) {
            Err(faults) => {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                examined.error("router-config", ROUTER_CONFIG_KEY, format!("is not valid: {}", faults.join("; ")), "correct it, or leave it to the metadata server");
            }
            Ok(_) => examined.note("router-config", ROUTER_CONFIG_KEY, "is for a cluster without a metadata server: what the server pushes comes before it", "bring it over with `openmds audit-log config migrate`, then leave it out"),
        }
    }
    if examined.get("confluent.security.event.logger.enable") == Some("false") {
        let name = "confluent.security.event.logger.enable";
        examined.note(
            "no-audit",
            name,
            "nothing is recorded on this node",
            "leave it out, or set it to true",
        );
        return;
    }
    if examined.get("authorizer.class.name") != Some("io.openmds.kafka.OpenMdsAuthorizer") {
        return;
    }
    let servers = format!("{EXPORTER}bootstrap.servers");
    let addresses = examined.list(&servers);
    if addresses.is_empty() {
        if !broker {
            examined.warning("no-exporter", &servers, "is missing: a controller has no connection between brokers to fall back to, and its events go to the log", "name the destination's servers and credentials here as well");
        }
        return;
    }
    let (protocol, mechanism) = (
        format!("{EXPORTER}security.protocol"),
        format!("{EXPORTER}sasl.mechanism"),
    );
    let protocol_value = examined
        .get(&protocol)
        .unwrap_or("PLAINTEXT")
        .to_uppercase();
    let host = |address: &&str| {
        address
            .rsplit_once(':')
            .map_or(*address, |(host, _)| host)
            .to_owned()
    };
    let remote = addresses.iter().map(host).any(|host| !is_loopback(&host));
    let plain = examined.get(&mechanism) == Some("PLAIN");
    if protocol_value == "SASL_PLAINTEXT"
        && plain
        && !examined.is_true("openmds.audit.plain.allowed")
    {
        examined.error(
            "plain-without-tls",
            &protocol,
            "the plugin does not send a password in clear: its events go to the log",
            "use SASL_SSL, or set openmds.audit.plain.allowed=true",
        );
    } else if remote && matches!(protocol_value.as_str(), "PLAINTEXT" | "SASL_PLAINTEXT") {
        examined.warning(
            "events-in-clear",
            &protocol,
            "audit events travel in clear",
            "use SASL_SSL or SSL",
        );
    }
    let jaas = format!("{EXPORTER}sasl.jaas.config");
    if protocol_value.starts_with("SASL_") && examined.get(&jaas).is_none() {
        examined.error(
            "no-jaas",
            &jaas,
            "is missing: the plugin cannot log in to the destination",
            "name the login module and the writer's credentials",
        );
    }
    let create = format!("{EXPORTER}topic.create");
    if examined.get(&create) != Some("false") {
        examined.note("topic-create", &create, "is not false: the plugin makes missing topics itself, with other settings than the metadata server", "set it to false where a metadata server is in charge");
    }
}
