//! `openmds cluster shadow`

use openmds_api::{ClusterShadow, ShadowDifference};

use super::of_one;
use crate::http::Request;
use crate::{Connection, Failure, Output, World};

/// Show where a cluster's present authorizer and OpenMDS decide differently
///
/// For clusters with `openmds.authorizer.mode=shadow`: the present decisions stand, and OpenMDS decides beside them. Nodes keep
/// examples, not every difference; numbers count from the start of each node.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds cluster shadow payments
  openmds cluster shadow payments -o json")]
pub struct Shadow {
    /// Name of the registered cluster
    name: String,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

const HEADING: [&str; 7] = [
    "Principal",
    "Operation",
    "Resource",
    "Present",
    "OpenMDS",
    "Count",
    "Reason",
];

impl Shadow {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let request = Request::get(&["registry", "clusters", &self.name, "shadow"])?;
        let answer = of_one(server.send(&request).await?)?;
        if let Some(form) = self.output.structured() {
            return world.printer.document(form, &answer);
        }
        let found: ClusterShadow = answer.json()?;
        if found.nodes.is_empty() {
            return Err(Failure::new(format!(
                "no node of \"{}\" compares decisions",
                self.name
            ))
            .hint("Set openmds.authorizer.mode=shadow on its brokers and controllers, and restart them")
            .hint(format!("`openmds cluster nodes {}` shows which nodes are heard", self.name)));
        }
        world.printer.data(&headline(&found))?;
        let rows: Vec<_> = found.differences.iter().map(row).collect();
        world.printer.table(&HEADING, &rows)
    }
}

fn headline(found: &ClusterShadow) -> String {
    format!(
        "Compared: {} decisions on {} nodes; OpenMDS alone would have allowed {} and denied {}\n\n",
        found.compared,
        found.nodes.len(),
        found.allowed_by_openmds_only,
        found.denied_by_openmds_only
    )
}

fn row(difference: &ShadowDifference) -> Vec<String> {
    vec![
        difference.principal.clone(),
        difference.operation.clone(),
        format!("{}:{}", difference.resource_type, difference.resource_name),
        difference.present.clone(),
        difference.openmds.clone(),
        difference.count.to_string(),
        difference.reason.clone().unwrap_or_default(),
    ]
}
