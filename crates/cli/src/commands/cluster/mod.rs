//! `openmds cluster ...`

mod describe;
mod list;
mod register;
mod unregister;

use openmds_api::ClusterInfo;

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

const HEADING: [&str; 6] = [
    "Name",
    "Type",
    "Kafka Cluster",
    "Component ID",
    "Hosts",
    "Protocol",
];

fn row(entry: &ClusterInfo) -> Vec<String> {
    let id = |kind: &str| entry.scope.clusters.get(kind).cloned();
    let component = [
        "connect-cluster",
        "ksql-cluster",
        "schema-registry-cluster",
        "flink-environment",
        "cmf",
    ]
    .iter()
    .find_map(|kind| Some((*kind, id(kind)?)));
    let (kind, component) = component.unwrap_or(("kafka-cluster", String::new()));
    let hosts: Vec<String> = entry
        .hosts
        .iter()
        .flatten()
        .map(|host| match host.port {
            0 => host.host.clone(),
            port => format!("{}:{port}", host.host),
        })
        .collect();
    vec![
        entry.cluster_name.clone(),
        kind.to_owned(),
        id("kafka-cluster").unwrap_or_default(),
        component,
        hosts.join(", "),
        entry.protocol.clone().unwrap_or_default(),
    ]
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
