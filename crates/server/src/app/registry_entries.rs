//! From what a request calls a cluster to an entry of the registry.

use openmds_api::ClusterInfo;
use openmds_policy::audit::FieldError;
use openmds_policy::names::ClusterName;
use openmds_policy::text::quotation;

use super::AppError;
use super::scopes::scope_of;
use crate::store::RegisteredCluster;

/// What clients of the field know (`mds-api.md` 3).
const PROTOCOLS: [&str; 4] = ["SASL_PLAINTEXT", "SASL_SSL", "HTTP", "HTTPS"];

/// Longer than any DNS name.
const LONGEST_HOST: usize = 255;

/// Parses all entries of a registration, naming every fault at once.
pub(super) fn parsed(
    requested: &[ClusterInfo],
) -> Result<Vec<(ClusterName, RegisteredCluster)>, AppError> {
    let mut faults = Vec::new();
    let mut clusters: Vec<(ClusterName, RegisteredCluster)> = Vec::new();
    for (index, info) in requested.iter().enumerate() {
        let mut fault = |field: &str, message: String| {
            faults.push(FieldError {
                path: format!("[{index}].{field}"),
                message,
            });
        };
        let name = ClusterName::parse(&info.cluster_name)
            .map_err(|error| fault("clusterName", error.to_string()))
            .ok();
        let scope = scope_of(&info.scope.clusters)
            .map_err(|error| fault("scope", error.message))
            .ok();
        let protocol = info.protocol.clone().unwrap_or_default();
        if !PROTOCOLS.contains(&protocol.as_str()) {
            fault(
                "protocol",
                format!(
                    "`{}` is not supported; use {}",
                    quotation(&protocol),
                    PROTOCOLS.join(", ")
                ),
            );
        }
        let kafka = scope
            .as_ref()
            .is_some_and(|scope| scope.only_kafka_cluster().is_some());
        if kafka && protocol.starts_with("HTTP") {
            fault(
                "protocol",
                "a Kafka cluster is registered with its token listener: SASL_SSL or SASL_PLAINTEXT"
                    .to_string(),
            );
        }
        let hosts = info.hosts.clone().unwrap_or_default();
        if hosts.is_empty() {
            fault(
                "hosts",
                "is empty; give at least one host and port".to_string(),
            );
        }
        for (position, host) in hosts.iter().enumerate() {
            let least = i32::from(kafka);
            if !is_host(&host.host) {
                fault(
                    &format!("hosts[{position}].host"),
                    format!("`{}` is not a host name or address", quotation(&host.host)),
                );
            }
            if !(least..=65_535).contains(&host.port) {
                fault(
                    &format!("hosts[{position}].port"),
                    format!("{} is not a port from {least} to 65535", host.port),
                );
            }
        }
        if let (Some(name), Some(scope)) = (name, scope) {
            if clusters.iter().any(|(other, _)| *other == name) {
                fault(
                    "clusterName",
                    format!("`{name}` appears twice in the request"),
                );
            }
            let hosts = hosts
                .into_iter()
                .map(|host| (host.host, host.port))
                .collect();
            clusters.push((
                name,
                RegisteredCluster {
                    scope,
                    hosts,
                    protocol,
                },
            ));
        }
    }
    if faults.is_empty() {
        Ok(clusters)
    } else {
        Err(AppError::invalid_fields(
            "the registration is not valid; nothing was changed",
            faults,
        ))
    }
}

/// A DNS name, or an IP address without brackets.
fn is_host(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:%".contains(&byte);
    (1..=LONGEST_HOST).contains(&text.len()) && text.bytes().all(plain)
}
