//! `openmds cluster nodes`

use openmds_api::{ClusterNodes, FollowingNode};

use super::of_one;
use crate::http::Request;
use crate::{Connection, Failure, Output, World};

/// Show the nodes of a registered Kafka cluster and which policy each of them follows
///
/// A node is `current` if nothing is new for it, `behind` if it has not been given so many writes, `silent` if it was not heard for
/// more than 100 seconds, `refused` if it asked and got nothing (standard error says why), and `never-seen` if it has not asked
/// since this server was started. A node that gets nothing goes on deciding by what it holds.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds cluster nodes payments
  openmds cluster nodes payments -o json")]
pub struct Nodes {
    /// Name of the registered cluster
    name: String,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

const HEADING: [&str; 8] = [
    "Node",
    "Roles",
    "Plugin",
    "State",
    "Generation",
    "Behind",
    "Last Seen",
    "Stale",
];

impl Nodes {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let request = Request::get(&["registry", "clusters", &self.name, "nodes"])?;
        let answer = of_one(server.send(&request).await?)?;
        let cluster: ClusterNodes = answer.json()?;
        let refused = cluster.nodes.iter();
        for (node, message) in refused.filter_map(|node| Some((node, node.message.as_ref()?))) {
            let id = node.node_id;
            world.printer.warning(&format!("node {id}: {message}"));
        }
        for (node, report) in cluster
            .nodes
            .iter()
            .filter_map(|node| Some((node, node.report.as_ref()?)))
        {
            let id = node.node_id;
            if let Some(trouble) = &report.trouble {
                world.printer.warning(&format!("node {id}: {trouble}"));
            }
            if report.panics > 0 {
                let count = report.panics;
                world.printer.warning(&format!("node {id}: {count} panics or failures of the plugin since its start: its log says more"));
            }
        }
        if let Some(form) = self.output.structured() {
            return world.printer.document(form, &answer);
        }
        let rows: Vec<_> = cluster.nodes.iter().map(row).collect();
        world.printer.table(&HEADING, &rows)
    }
}

fn row(node: &FollowingNode) -> Vec<String> {
    let number = |number: Option<u64>| number.map_or("-".to_owned(), |number| number.to_string());
    let plugin = if node.plugin.is_empty() {
        "-"
    } else {
        &node.plugin
    };
    let stale = node.report.as_ref().map(|report| report.stale);
    let stale = stale.map_or("-", |stale| if stale { "yes" } else { "no" });
    let seen = node.seconds_since_seen;
    vec![
        node.node_id.to_string(),
        node.roles.join(", "),
        plugin.to_owned(),
        node.state.clone(),
        number(node.generation),
        number(node.behind),
        seen.map_or("-".to_owned(), |seconds| format!("{seconds} s ago")),
        stale.to_owned(),
    ]
}
