//! `openmds cluster accept-restore`

use openmds_api::{AcceptedRestore, NodeAhead};
use reqwest::Method;

use crate::confirm::confirmed;
use crate::http::{Request, refusal};
use crate::{Connection, Failure, Output, World};

/// Let nodes go back to a metadata server's store that was restored from an older copy
///
/// Nodes that have followed newer policy refuse to go back by themselves, and go on deciding by what they hold. After this command
/// they take what the store holds: role bindings and ACLs that were made or taken away after the copy are as they were before. If a
/// newer copy exists, restore that instead.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds cluster accept-restore
  openmds cluster accept-restore --force -o json")]
pub struct AcceptRestore {
    /// Do not ask
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl AcceptRestore {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let question =
            "All nodes will follow what the restored store holds, and forget what is newer. Go on?";
        if !self.force && !confirmed(world, question)? {
            return Err(Failure::new("nothing was changed"));
        }
        let request = Request::new(Method::POST, &["registry", "accept-restore"])?;
        let answer = server.send(&request).await?;
        if !answer.status.is_success() {
            return Err(refusal::general(&answer));
        }
        for warning in &answer.warnings {
            world.printer.warning(warning);
        }
        if let Some(form) = self.output.structured() {
            return world.printer.document(form, &answer);
        }
        let accepted: AcceptedRestore = answer.json()?;
        world.printer.notice(&format!(
            "The store goes on at generation {}; these nodes were ahead of it:",
            accepted.generation
        ));
        let rows: Vec<_> = accepted.ahead.iter().map(row).collect();
        let heading = ["Kafka Cluster", "Node", "Generation"];
        world.printer.table(&heading, &rows)
    }
}

fn row(node: &NodeAhead) -> Vec<String> {
    vec![
        node.cluster_id.clone(),
        node.node_id.to_string(),
        node.generation.to_string(),
    ]
}
