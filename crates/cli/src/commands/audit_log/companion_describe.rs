//! `openmds audit-log companion describe`

use reqwest::Method;

use super::kind::COMPANION;
use super::{ask, print};
use crate::{Connection, Failure, World};

/// Print the companion of the audit log configuration
///
/// JSON on standard output, ready to be edited and given to `openmds audit-log companion update`. As long as nobody has written one,
/// it asks for nothing, and nothing is pushed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log companion describe
  openmds audit-log companion describe > companion.json")]
pub struct CompanionDescribe {
    #[command(flatten)]
    connection: Connection,
}

impl CompanionDescribe {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let answer = ask(&mut server, &COMPANION.request(Method::GET)?).await?;
        print(world, &answer, COMPANION.noun)
    }
}
