//! Which clusters somebody has to do with.

use std::collections::{BTreeMap, BTreeSet};

use openmds_api::{ClusterVisibility, VisibilityRequest, VisibilityResponse};
use openmds_policy::audit::FieldError;
use openmds_policy::names::{ClusterName, Principal};
use openmds_policy::rbac::{Scope, ScopeKey};

use super::scopes::scope_of;
use super::{App, AppError, Caller};
use crate::store::State;

/// Where a principal has roles, and what clusters are called.
struct View<'a> {
    everywhere: bool,
    held: BTreeSet<&'a Scope>,
    names: BTreeMap<&'a Scope, &'a ClusterName>,
}

impl View<'_> {
    fn of(&self, scope: &Scope, id: &str, visible: bool) -> ClusterVisibility {
        ClusterVisibility {
            id: id.to_string(),
            visible: visible || self.everywhere || self.held.contains(scope),
            cluster_name: self.names.get(scope).map(ToString::to_string),
        }
    }

    /// A role on a cluster beside a Kafka cluster leads through the Kafka cluster.
    fn leads_through(&self, kafka: &str) -> bool {
        let key = ScopeKey::KafkaCluster;
        let mut scopes = self.held.iter();
        scopes.any(|scope| scope.clusters().get(&key).is_some_and(|id| id == kafka))
    }
}

/// The scopes of one entry of a request: of the Kafka cluster, and by kind of those beside it.
struct Asked {
    kafka: Scope,
    beside: BTreeMap<ScopeKey, Vec<(String, Scope)>>,
}

impl App {
    /// Whether the principal or one of its groups has a role on each of these clusters. About
    /// others: for those who may see the bindings of each Kafka cluster that is named.
    pub fn visibility(
        &self,
        caller: &Caller,
        principal: &str,
        requested: &[VisibilityRequest],
    ) -> Result<Vec<VisibilityResponse>, AppError> {
        let principal = Self::parsed_principal(principal)?;
        let asked = parsed(requested)?;
        let state = self.store.read();
        for one in &asked {
            self.permit_describing(&state, caller, &one.kafka, Some(&principal))?;
        }
        let principals = self.effective(caller, &principal);
        let view = self.view(&state, &principals);
        let answer = |(request, asked): (&VisibilityRequest, &Asked)| {
            let beside = |key: ScopeKey| {
                let clusters = asked.beside.get(&key).into_iter().flatten();
                clusters
                    .map(|(id, scope)| view.of(scope, id, false))
                    .collect()
            };
            let id = &request.kafka_cluster;
            VisibilityResponse {
                kafka_cluster: view.of(&asked.kafka, id, view.leads_through(id)),
                connect_clusters: beside(ScopeKey::ConnectCluster),
                schema_registry_clusters: beside(ScopeKey::SchemaRegistryCluster),
                ksql_clusters: beside(ScopeKey::KsqlCluster),
            }
        };
        Ok(requested.iter().zip(&asked).map(answer).collect())
    }

    fn view<'a>(&self, state: &'a State, principals: &'a [Principal]) -> View<'a> {
        let bindings = principals.iter().flat_map(|one| state.bindings().of(one));
        let names = state.clusters().iter();
        View {
            everywhere: self.any_super_user(principals),
            held: bindings.map(|(key, _)| &key.scope).collect(),
            names: names
                .map(|(name, cluster)| (&cluster.scope, name))
                .collect(),
        }
    }
}

fn parsed(requested: &[VisibilityRequest]) -> Result<Vec<Asked>, AppError> {
    let mut faults = Vec::new();
    let mut asked = Vec::new();
    for (index, request) in requested.iter().enumerate() {
        let mut scope = |path: &str, beside: Option<(ScopeKey, &String)>| {
            let mut ids = BTreeMap::from([(
                ScopeKey::KafkaCluster.as_str().to_string(),
                request.kafka_cluster.clone(),
            )]);
            ids.extend(beside.map(|(key, id)| (key.as_str().to_string(), id.clone())));
            scope_of(&ids)
                .map_err(|error| {
                    faults.push(FieldError {
                        path: format!("[{index}].{path}"),
                        message: error.message,
                    });
                })
                .ok()
        };
        let kafka = scope("kafka-cluster", None);
        if kafka.is_none() {
            continue;
        }
        let kinds = [
            (ScopeKey::ConnectCluster, &request.connect_clusters),
            (
                ScopeKey::SchemaRegistryCluster,
                &request.schema_registry_clusters,
            ),
            (ScopeKey::KsqlCluster, &request.ksql_clusters),
        ];
        let mut beside = BTreeMap::new();
        for (key, ids) in kinds {
            let mut clusters = Vec::new();
            for (position, id) in ids.iter().flatten().enumerate() {
                let path = format!("{}s[{position}]", key.as_str());
                clusters.extend(scope(&path, Some((key, id))).map(|scope| (id.clone(), scope)));
            }
            beside.insert(key, clusters);
        }
        asked.extend(kafka.map(|kafka| Asked { kafka, beside }));
    }
    if faults.is_empty() {
        Ok(asked)
    } else {
        Err(AppError::invalid_fields(
            "the clusters cannot be looked up",
            faults,
        ))
    }
}
