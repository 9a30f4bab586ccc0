//! `openmds cluster withdraw-node`

use reqwest::Method;

use crate::http::{Request, refusal};
use crate::{Connection, Failure, World};

/// Shut a node of a cluster out at once, because somebody else may have its key
///
/// None of its certificates counts any longer, nor the join token that it used. The node goes on deciding by the policy that it
/// holds, and gets no newer one until it joins again with a new token.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  openmds cluster withdraw-node payments 3")]
pub struct WithdrawNode {
    /// Name of the registered cluster
    name: String,
    /// Id of the node, a number
    #[arg(value_name = "ID", value_parser = clap::value_parser!(i32).range(0..))]
    id: i32,
    #[command(flatten)]
    connection: Connection,
}

impl WithdrawNode {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let id = self.id.to_string();
        let path = ["registry", "clusters", &self.name, "nodes", &id];
        let answer = server.send(&Request::new(Method::DELETE, &path)?).await?;
        if !answer.status.is_success() {
            return Err(refusal::general(&answer));
        }
        world.printer.warnings(&answer.warnings);
        world.printer.data(&format!(
            "Successfully withdrew node {id} of cluster \"{name}\". `openmds cluster enroll {name}` gives it a new token.",
            name = self.name
        ))
    }
}
