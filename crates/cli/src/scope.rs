//! Which clusters a role binding or a registry entry is about.

use openmds_api::MdsScope;
use reqwest::StatusCode;

use crate::failure::Failure;
use crate::http::{Answer, refusal};

/// The flags that name clusters by their ids.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ClusterIds {
    /// Id of the Kafka cluster
    #[arg(long, value_name = "ID", help_heading = "Scope")]
    kafka_cluster: Option<String>,
    /// Id of a Schema Registry cluster; its Kafka cluster is needed too
    #[arg(long, value_name = "ID", help_heading = "Scope")]
    schema_registry_cluster: Option<String>,
    /// Id of a ksqlDB cluster; its Kafka cluster is needed too
    #[arg(long, value_name = "ID", help_heading = "Scope")]
    ksql_cluster: Option<String>,
    /// Id of a Connect cluster; its Kafka cluster is needed too
    #[arg(long, value_name = "ID", help_heading = "Scope")]
    connect_cluster: Option<String>,
    /// Id of a Flink manager (CMF)
    #[arg(long, value_name = "ID", help_heading = "Scope")]
    cmf: Option<String>,
    /// Id of a Flink environment; its --cmf is needed too
    #[arg(long, value_name = "ID", help_heading = "Scope")]
    flink_environment: Option<String>,
}

/// The flags of a scope: cluster ids, or the name of a registered cluster.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ScopeFlags {
    #[command(flatten)]
    ids: ClusterIds,
    /// Name of a registered cluster, in the place of the ids
    #[arg(long, value_name = "NAME", help_heading = "Scope")]
    cluster_name: Option<String>,
}

/// A scope that names at least one cluster and makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Kind (`kafka-cluster`) and id.
    Clusters(Vec<(&'static str, String)>),
    Named(String),
}

const NO_SCOPE: &str =
    "must specify either cluster ID to indicate role binding scope or the cluster name";

impl ClusterIds {
    /// Checks as the reference client does (mds-api 3 and 4.2). `None`: no flag was given.
    pub(crate) fn scope(self) -> Result<Option<Scope>, Failure> {
        let components = [
            ("connect-cluster", self.connect_cluster),
            ("ksql-cluster", self.ksql_cluster),
            ("schema-registry-cluster", self.schema_registry_cluster),
        ];
        let components: Vec<_> = components
            .into_iter()
            .filter_map(|(kind, id)| Some((kind, id?)))
            .collect();
        if components.len() > 1 {
            return Err(Failure::usage(
                "cannot specify more than one non-Kafka cluster ID for a scope",
            )
            .hint("Run the command once for each of these clusters, each time with its --kafka-cluster"));
        }
        if !components.is_empty() && self.kafka_cluster.is_none() {
            return Err(Failure::usage(
                "must specify `--kafka-cluster` to uniquely identify the scope",
            )
            .hint("Add --kafka-cluster ID, the Kafka cluster that this cluster belongs to"));
        }
        if self.flink_environment.is_some() && self.cmf.is_none() {
            return Err(Failure::usage(
                "must specify `--cmf` to uniquely identify the Flink environment scope",
            )
            .hint("Add --cmf ID, the manager of that environment"));
        }
        let clusters: Vec<_> = [
            ("kafka-cluster", self.kafka_cluster),
            ("cmf", self.cmf),
            ("flink-environment", self.flink_environment),
        ]
        .into_iter()
        .filter_map(|(kind, id)| Some((kind, id?)))
        .chain(components)
        .collect();
        Ok((!clusters.is_empty()).then_some(Scope::Clusters(clusters)))
    }
}

impl ScopeFlags {
    pub(crate) fn scope(self) -> Result<Scope, Failure> {
        match (self.ids.scope()?, self.cluster_name) {
            (Some(_), Some(_)) => Err(Failure::usage(
                "cannot specify both cluster name and cluster scope",
            )
            .hint("Leave out --cluster-name, or the ids: the name stands for them")),
            (Some(scope), None) => Ok(scope),
            (None, Some(name)) => Ok(Scope::Named(name)),
            (None, None) => Err(Failure::usage(NO_SCOPE).hint(
                "Give --kafka-cluster ID or --cluster-name NAME; `openmds cluster list` shows both",
            )),
        }
    }
}

impl Scope {
    /// The wire form. `clusters` is always there, as existing servers and clients have it.
    pub(crate) fn to_wire(&self) -> MdsScope {
        let (cluster_name, clusters) = match self {
            Self::Clusters(clusters) => (None, clusters.as_slice()),
            Self::Named(name) => (Some(name.clone()), [].as_slice()),
        };
        let clusters = clusters
            .iter()
            .map(|(kind, id)| ((*kind).to_owned(), id.clone()))
            .collect();
        MdsScope {
            cluster_name,
            clusters: Some(clusters),
        }
    }

    /// Why a request about this scope was refused; a name or id that the server does not know is the likeliest cause of a 400.
    pub(crate) fn refused(&self, answer: &Answer) -> Failure {
        let failure = refusal::general(answer);
        if answer.status != StatusCode::BAD_REQUEST {
            return failure;
        }
        failure.hint(match self {
            Self::Named(_) => "`openmds cluster list` shows the names of the registered clusters",
            Self::Clusters(_) => "`openmds cluster list` shows the ids of the registered clusters",
        })
    }

    /// `kafka-cluster=ID, connect-cluster=ID` or `cluster-name=NAME`.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Clusters(clusters) => clusters
                .iter()
                .map(|(kind, id)| format!("{kind}={id}"))
                .collect::<Vec<_>>()
                .join(", "),
            Self::Named(name) => format!("cluster-name={name}"),
        }
    }
}
