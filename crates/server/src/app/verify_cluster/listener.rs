//! From the address to the login: what each host said, one check a step.

use openmds_kafka::{HostPort, HostProbe, ProbeStep};

use super::{Finding, KafkaTarget};

const fn name(step: ProbeStep) -> &'static str {
    match step {
        ProbeStep::Connect => "connect",
        ProbeStep::Tls => "tls",
        ProbeStep::Protocol => "kafka-protocol",
        ProbeStep::Mechanism => "oauthbearer",
        ProbeStep::Login => "token",
    }
}

/// One finding for each step that any host reached.
pub(super) fn findings(probes: &[HostProbe], target: &KafkaTarget<'_>) -> Vec<Finding> {
    let with_tls = target.connection.protocol.uses_tls();
    let steps = ProbeStep::ALL.into_iter();
    let steps = steps.filter(|step| with_tls || *step != ProbeStep::Tls);
    steps
        .filter_map(|step| finding(step, probes, target))
        .collect()
}

fn finding(step: ProbeStep, probes: &[HostProbe], target: &KafkaTarget<'_>) -> Option<Finding> {
    let reached: Vec<_> = probes
        .iter()
        .filter_map(|probe| Some((probe, probe.at(step)?)))
        .collect();
    if reached.is_empty() {
        return None;
    }
    let failed = reached.iter();
    let failed = failed.filter_map(|(probe, outcome)| Some((&probe.address, outcome.err()?)));
    let (failed, errors): (Vec<&HostPort>, Vec<String>) = failed
        .map(|(address, error)| (address, error.to_string()))
        .unzip();
    if errors.is_empty() {
        let hosts: Vec<String> = reached
            .iter()
            .map(|(probe, _)| probe.address.to_string())
            .collect();
        return Some(Finding::good(name(step), done(step, &hosts.join(", "))));
    }
    Some(Finding::bad(
        name(step),
        errors.join("; "),
        fix(step, &failed, &errors, target),
    ))
}

fn done(step: ProbeStep, hosts: &str) -> String {
    match step {
        ProbeStep::Connect => format!("{hosts} can be reached"),
        ProbeStep::Tls => format!("{hosts}: the certificate is trusted and names the host"),
        ProbeStep::Protocol => format!("{hosts} answers Kafka's protocol"),
        ProbeStep::Mechanism => format!("{hosts} offers OAUTHBEARER"),
        ProbeStep::Login => format!("{hosts} accepts this server's token for the registered id"),
    }
}

fn fix(step: ProbeStep, at: &[&HostPort], errors: &[String], target: &KafkaTarget<'_>) -> String {
    let says = |text: &str| errors.iter().any(|error| error.contains(text));
    let again = "register the cluster again with the host and port of its token listener";
    match step {
        ProbeStep::Connect => format!("check that the brokers run and the way there is open, or {again}"),
        ProbeStep::Tls if says("without TLS") => {
            format!("{again}, or register it with protocol SASL_PLAINTEXT")
        }
        ProbeStep::Tls if says("not trusted") => {
            "add the authority that signed the brokers' certificates to confluent.metadata.ssl.truststore.location of this server".to_string()
        }
        ProbeStep::Tls if says("host name") => {
            "register a host name that the certificate holds, or have the certificate issued again".to_string()
        }
        ProbeStep::Tls if says("expired") => "renew the brokers' certificate".to_string(),
        ProbeStep::Tls => "compare the TLS settings of the listener with confluent.metadata.ssl.* of this server".to_string(),
        ProbeStep::Protocol if says("speaks TLS") => {
            "register the cluster again with protocol SASL_SSL".to_string()
        }
        ProbeStep::Protocol => format!("{again}; this one is registered with protocol {}", target.connection.protocol),
        ProbeStep::Mechanism => format!(
            "{again}, or add OAUTHBEARER to listener.name.<listener>.sasl.enabled.mechanisms there"
        ),
        ProbeStep::Login => acceptance(at, target),
    }
}

/// What a listener must be told to take this server's tokens; or whose listener it may be, since
/// brokers of another cluster refuse a token for this one.
fn acceptance(at: &[&HostPort], target: &KafkaTarget<'_>) -> String {
    let KafkaTarget {
        name, id, issuer, ..
    } = target;
    let whose: String = target
        .sharing(at)
        .into_iter()
        .map(|other| {
            format!(
                "this address is also registered for {} (cluster {}): if it is that cluster's, register the hosts of cluster {id} instead; else ",
                other.name, other.id
            )
        })
        .collect();
    format!(
        "{whose}make sure that this is cluster {id} (`kafka-cluster cluster-id` asks it): brokers of another cluster refuse this token. On its token listener set \
         sasl.oauthbearer.expected.issuer={issuer}, sasl.oauthbearer.expected.audience={id}, and sasl.oauthbearer.jwks.endpoint.url to \
         this server's keys (/security/1.0/jwks.json, or a copy as a file); compare the clocks; `openmds cluster config {name}` prints all of it"
    )
}
