//! `openmds audit-log route lookup`

use super::kind::CONFIG;
use super::{ask, print};
use crate::http::Request;
use crate::{Connection, Failure, World};

/// Print the route that decides for a resource
///
/// The answer is JSON: the winning route (or "default") and, for each category, the topics of allowed and denied decisions. An empty
/// topic means that nothing is recorded.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log route lookup \\
    crn:///kafka=DBS26_qTQ-mT23p5opUK_g/topic=payments")]
pub struct RouteLookup {
    /// CRN of the resource
    #[arg(value_name = "CRN")]
    resource: String,
    #[command(flatten)]
    connection: Connection,
}

impl RouteLookup {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let request = Request::get(&["audit", "lookup"])?.query("crn", &self.resource);
        let answer = ask(&mut server, &request).await?;
        print(world, &answer, CONFIG.noun)
    }
}
