//! `openmds cluster ...`

mod accept_restore;
mod config;
mod describe;
mod enroll;
mod list;
mod nodes;
mod nodes_of;
mod register;
mod shadow;
mod unregister;
mod verify;
mod withdraw_node;

use openmds_api::ClusterInfo;

use crate::http::{Answer, Request, refusal};
use crate::server::Server;
use crate::{Failure, Output, World};

/// The cluster registry.
#[derive(Debug, clap::Subcommand)]
pub enum ClusterCommand {
    AcceptRestore(accept_restore::AcceptRestore),
    Config(config::Config),
    Describe(describe::Describe),
    Enroll(enroll::Enroll),
    List(list::List),
    Nodes(nodes::Nodes),
    Register(register::Register),
    Shadow(shadow::Shadow),
    Unregister(unregister::Unregister),
    Verify(verify::Verify),
    WithdrawNode(withdraw_node::WithdrawNode),
}

impl ClusterCommand {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::AcceptRestore(command) => command.run(world).await,
            Self::Config(command) => command.run(world).await,
            Self::Describe(command) => command.run(world).await,
            Self::Enroll(command) => command.run(world).await,
            Self::List(command) => command.run(world).await,
            Self::Nodes(command) => command.run(world).await,
            Self::Register(command) => command.run(world).await,
            Self::Shadow(command) => command.run(world).await,
            Self::Unregister(command) => command.run(world).await,
            Self::Verify(command) => command.run(world).await,
            Self::WithdrawNode(command) => command.run(world).await,
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
        .map(|host| {
            let address = if host.host.contains(':') {
                format!("[{}]", host.host)
            } else {
                host.host.clone()
            };
            match host.port {
                0 => address,
                port => format!("{address}:{port}"),
            }
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

/// The registry, or its clusters of one kind, as the server sent it.
pub(super) async fn registry(server: &mut Server, kind: Option<&str>) -> Result<Answer, Failure> {
    let request = Request::get(&["registry", "clusters"])?;
    let request = match kind {
        Some(kind) => request.query("clusterType", kind),
        None => request,
    };
    success(server.send(&request).await?)
}

pub(super) fn show_registry(
    world: &mut World,
    answer: &Answer,
    output: Output,
) -> Result<(), Failure> {
    if let Some(form) = output.structured() {
        return world.printer.document(form, answer);
    }
    let mut entries: Vec<ClusterInfo> = answer.json()?;
    entries.sort_by(|a, b| a.cluster_name.cmp(&b.cluster_name));
    let rows: Vec<_> = entries.iter().map(row).collect();
    world.printer.table(&HEADING, &rows)
}

/// The answer to a question about one registered cluster.
fn of_one(answer: Answer) -> Result<Answer, Failure> {
    match answer.status {
        status if status.is_success() => Ok(answer),
        reqwest::StatusCode::NOT_FOUND => Err(refusal::general(&answer)
            .hint("`openmds cluster list` shows the names of the registered clusters")),
        _ => Err(refusal::general(&answer)),
    }
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
