//! `openmds cluster config`

use serde::Deserialize;

use super::of_one;
use crate::http::Request;
use crate::{Connection, Failure, World};

/// Print the properties that a registered cluster's brokers and controllers need
///
/// Only the properties are printed, with comments, so that they can be redirected into a file; placeholders mark what the server
/// cannot know.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds cluster config payments
  openmds cluster config payments > openmds.properties")]
pub struct Config {
    /// Name of the registered cluster
    name: String,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Deserialize)]
struct ClusterConfig {
    properties: String,
}

impl Config {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let request = Request::get(&["registry", "clusters", &self.name, "config"])?;
        let answer = of_one(server.send(&request).await?)?;
        world.printer.warnings(&answer.warnings);
        world
            .printer
            .data(&answer.json::<ClusterConfig>()?.properties)
    }
}
