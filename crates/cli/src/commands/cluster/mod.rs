//! `openmds cluster ...`

mod describe;
mod list;
mod register;
mod unregister;

use serde::{Deserialize, Serialize};

use crate::http::{Answer, Request, refusal};
use crate::server::Server;
use crate::{Failure, World};

/// The cluster registry.
#[derive(Debug, clap::Subcommand)]
pub enum ClusterCommand {
    Describe(describe::Describe),
    List(list::List),
    Register(register::Register),
    Unregister(unregister::Unregister),
}

impl ClusterCommand {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Describe(command) => command.run(world).await,
            Self::List(command) => command.run(world).await,
            Self::Register(command) => command.run(world).await,
            Self::Unregister(command) => command.run(world).await,
        }
    }
}

/// An entry of the registry (mds-api 3). Hosts and protocol are absent for callers who may not see them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    cluster_name: String,
    scope: Option<EntryScope>,
    hosts: Option<Vec<Host>>,
    protocol: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct EntryScope {
    clusters: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Host {
    host: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
}

const HEADING: [&str; 6] = [
    "Name",
    "Type",
    "Kafka Cluster",
    "Component ID",
    "Hosts",
    "Protocol",
];

impl Entry {
    fn row(&self) -> Vec<String> {
        let clusters = self.scope.as_ref().map(|scope| &scope.clusters);
        let id = |kind: &str| clusters.and_then(|clusters| clusters.get(kind)).cloned();
        let component = [
            "connect-cluster",
            "ksql-cluster",
            "schema-registry-cluster",
            "flink-environment",
            "cmf",
        ]
        .iter()
        .find_map(|kind| Some((*kind, id(kind)?)));
        let kafka = id("kafka-cluster").unwrap_or_default();
        let (kind, component) = component.unwrap_or(("kafka-cluster", String::new()));
        let hosts = self
            .hosts
            .iter()
            .flatten()
            .map(|host| match host.port {
                Some(port) => format!("{}:{port}", host.host),
                None => host.host.clone(),
            })
            .collect::<Vec<_>>();
        vec![
            self.cluster_name.clone(),
            kind.to_owned(),
            kafka,
            component,
            hosts.join(", "),
            self.protocol.clone().unwrap_or_default(),
        ]
    }
}

/// The whole registry, as the server sent it.
async fn registry(server: &mut Server) -> Result<Answer, Failure> {
    let request = Request::get(&["registry", "clusters"])?;
    success(server.send(&request).await?)
}

fn success(answer: Answer) -> Result<Answer, Failure> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    if answer.status == reqwest::StatusCode::NOT_FOUND {
        return Err(Failure::new(format!(
            "unable to access Cluster Registry: {}",
            answer.status_line()
        ))
        .hint("Check that the URL of the session is that of a metadata server"));
    }
    Err(refusal::general(&answer))
}
