//! `openmds audit-log route list`

use super::kind::CONFIG;
use super::{ask, print};
use crate::http::Request;
use crate::{Connection, Failure, World};

/// Print the routes that match a resource or resources below it
///
/// The answer is JSON: the default topics and the routes as they are written in the configuration. Which of them wins for one
/// resource is told by `openmds audit-log route lookup`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log route list \\
    --resource crn:///kafka=DBS26_qTQ-mT23p5opUK_g/topic=payments
  openmds audit-log route list \\
    --resource crn://mds.example.com/kafka=DBS26_qTQ-mT23p5opUK_g/connect=prod")]
pub struct RouteList {
    /// CRN of the resource
    #[arg(short, long, value_name = "CRN")]
    resource: String,
    #[command(flatten)]
    connection: Connection,
}

impl RouteList {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let request = Request::get(&["audit", "routes"])?.query("q", &self.resource);
        let answer = ask(&mut server, &request).await?;
        print(world, &answer, CONFIG.noun)
    }
}
