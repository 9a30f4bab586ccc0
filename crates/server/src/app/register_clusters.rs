//! The cluster registry: which clusters exist, and under which names.

use std::collections::BTreeMap;

use openmds_api::{ClusterInfo, HostInfo, ScopeBody};
use openmds_policy::audit::FieldError;
use openmds_policy::names::{ClusterName, PatternType, ResourcePattern};
use openmds_policy::rbac::{CLUSTER_REGISTRY, Scope, ScopeKey};

use super::scopes::scope_of;
use super::{App, AppError, Caller};
use crate::store::{Record, RegisteredCluster, State};

const PROTOCOLS: [&str; 4] = ["SASL_PLAINTEXT", "SASL_SSL", "HTTP", "HTTPS"];

fn entry() -> ResourcePattern {
    ResourcePattern {
        resource_type: CLUSTER_REGISTRY.to_string(),
        name: CLUSTER_REGISTRY.to_string(),
        pattern_type: PatternType::Literal,
    }
}

impl App {
    /// Administrators of the cluster itself, and administrators of everything on the home
    /// cluster, who bring new clusters in (`rbac-registry-tokens.md` 2.4).
    fn may_touch_entry(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        operation: &str,
    ) -> bool {
        let home = self.home(state).ok().map(|id| Scope::kafka(&id));
        self.may(state, caller, scope, operation, &entry())
            || home.is_some_and(|home| {
                self.may(state, caller, &home, "AlterAccess", &entry())
                    && self.may(state, caller, &home, operation, &entry())
            })
    }

    fn permit_altering_entry(
        &self,
        state: &State,
        caller: &Caller,
        name: &ClusterName,
        scope: &Scope,
    ) -> Result<(), AppError> {
        if self.may_touch_entry(state, caller, scope, "Alter") {
            return Ok(());
        }
        Err(AppError::forbidden(format!(
            "{} not permitted to Alter the registry entry {name} ({scope}). Ask a super user, a SystemAdmin of the home \
             cluster, or a SystemAdmin or ClusterAdmin of that cluster",
            caller.principal()
        )))
    }

    /// Registers clusters or overwrites their hosts and protocol: all or none. Answers what the
    /// caller should know.
    pub async fn register_clusters(
        &self,
        caller: &Caller,
        requested: &[ClusterInfo],
    ) -> Result<Vec<String>, AppError> {
        let clusters = parsed(requested)?;
        let mut warnings = Vec::new();
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let mut known: BTreeMap<&ClusterName, &Scope> = state
                .clusters()
                .iter()
                .map(|(name, cluster)| (name, &cluster.scope))
                .collect();
            let mut records = Vec::new();
            for (name, cluster) in &clusters {
                self.permit_altering_entry(state, caller, name, &cluster.scope)?;
                conflict(&known, name, &cluster.scope)?;
                known.insert(name, &cluster.scope);
                if state.clusters().get(name) != Some(cluster) {
                    records.push(Record::Cluster {
                        name: name.clone(),
                        cluster: Some(cluster.clone()),
                    });
                }
            }
            let known = known
                .into_iter()
                .map(|(name, scope)| (name.clone(), scope.clone()))
                .collect();
            warnings.extend(self.home_missing(state, &known));
            warnings.extend(
                clusters
                    .iter()
                    .filter_map(|(name, cluster)| self.plaintext_warning(name, cluster)),
            );
            Ok(records)
        };
        self.store
            .update(&caller.principal().to_string(), self.clock.now(), decide)
            .await?;
        self.dispatch.ring();
        Ok(warnings)
    }

    /// Takes a cluster out of the registry. Its broker configuration stays as it is.
    pub async fn unregister_cluster(&self, caller: &Caller, name: &str) -> Result<(), AppError> {
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let name =
                ClusterName::parse(name).map_err(|error| AppError::invalid(error.to_string()))?;
            let Some(cluster) = state.clusters().get(&name) else {
                return Ok(vec![]);
            };
            self.permit_altering_entry(state, caller, &name, &cluster.scope)?;
            Ok(vec![Record::Cluster {
                name,
                cluster: None,
            }])
        };
        self.store
            .update(&caller.principal().to_string(), self.clock.now(), decide)
            .await?;
        self.dispatch.ring();
        Ok(())
    }

    /// The registry, by name; hosts and protocol only where the caller may see them.
    #[must_use]
    pub fn list_clusters(&self, caller: &Caller, kind: Option<ScopeKey>) -> Vec<ClusterInfo> {
        let state = self.store.read();
        let wanted = |scope: &Scope| match kind {
            None => true,
            Some(ScopeKey::KafkaCluster) => scope.only_kafka_cluster().is_some(),
            Some(key) => scope.clusters().contains_key(&key),
        };
        let clusters = state
            .clusters()
            .iter()
            .filter(|(_, cluster)| wanted(&cluster.scope));
        clusters
            .map(|(name, cluster)| self.shown(&state, caller, name, cluster))
            .collect()
    }

    /// One entry.
    pub fn named_cluster(&self, caller: &Caller, name: &str) -> Result<ClusterInfo, AppError> {
        let state = self.store.read();
        let found = ClusterName::parse(name).ok().and_then(|name| {
            let cluster = state.clusters().get(&name)?;
            Some(self.shown(&state, caller, &name, cluster))
        });
        found.ok_or_else(|| {
            AppError::not_found(format!(
                "no cluster named `{name}` is registered; see `openmds cluster list`"
            ))
        })
    }

    fn shown(
        &self,
        state: &State,
        caller: &Caller,
        name: &ClusterName,
        cluster: &RegisteredCluster,
    ) -> ClusterInfo {
        let visible = self.may_touch_entry(state, caller, &cluster.scope, "Describe");
        let hosts = || {
            cluster
                .hosts
                .iter()
                .map(|(host, port)| HostInfo {
                    host: host.clone(),
                    port: *port,
                })
                .collect()
        };
        let ids = cluster.scope.clusters().iter();
        ClusterInfo {
            cluster_name: name.to_string(),
            scope: ScopeBody {
                clusters: ids
                    .map(|(key, id)| (key.as_str().to_string(), id.clone()))
                    .collect(),
            },
            hosts: visible.then(hosts),
            protocol: visible.then(|| cluster.protocol.clone()),
        }
    }

    /// What an operator should know about the registry (`rulings.md` 12).
    pub(super) fn registry_warnings(&self, state: &State) -> Vec<String> {
        let known = state
            .clusters()
            .iter()
            .map(|(name, cluster)| (name.clone(), cluster.scope.clone()))
            .collect();
        self.home_missing(state, &known).into_iter().collect()
    }

    fn home_missing(&self, state: &State, known: &BTreeMap<ClusterName, Scope>) -> Option<String> {
        let home = self.home(state).ok()?;
        let mut kafka = known
            .values()
            .filter_map(Scope::only_kafka_cluster)
            .peekable();
        kafka.peek()?;
        (!kafka.any(|id| id == home)).then(|| {
            format!("the home cluster {home} is not registered: as long as it is not, it gets no audit log configuration; register it too")
        })
    }

    fn plaintext_warning(&self, name: &ClusterName, cluster: &RegisteredCluster) -> Option<String> {
        let exposed = cluster.protocol == "SASL_PLAINTEXT"
            && !cluster.hosts.iter().all(|(host, _)| is_loopback(host));
        (exposed && !self.settings.propagation.plaintext_allowed).then(|| {
            format!("{name} is registered with SASL_PLAINTEXT at an address that is not loopback: nothing is pushed there unless openmds.push.plaintext.allowed=true")
        })
    }
}

/// Whether the address stays on this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

fn conflict(
    known: &BTreeMap<&ClusterName, &Scope>,
    name: &ClusterName,
    scope: &Scope,
) -> Result<(), AppError> {
    if let Some(registered) = known.get(name).filter(|registered| **registered != scope) {
        return Err(AppError::conflict(format!(
            "{name} is already the name of {registered}. To use it for {scope}, unregister it first"
        )));
    }
    let other = known
        .iter()
        .find(|(other, registered)| **other != name && **registered == scope);
    other.map_or(Ok(()), |(other, _)| {
        Err(AppError::conflict(format!(
            "{scope} is already registered as {other}. To rename it, unregister {other} first"
        )))
    })
}

fn parsed(requested: &[ClusterInfo]) -> Result<Vec<(ClusterName, RegisteredCluster)>, AppError> {
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
                    "`{protocol}` is not supported; use {}",
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
            if host.host.is_empty() || host.host.contains(|c: char| c.is_whitespace() || c == '/') {
                fault(
                    &format!("hosts[{position}].host"),
                    format!("`{}` is not a host name or address", host.host),
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
