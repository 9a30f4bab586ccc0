//! `openmds audit-log config describe`

use reqwest::Method;

use super::kind::CONFIG;
use super::{ask, print};
use crate::{Connection, Failure, World};

/// Print the audit log configuration
///
/// JSON on standard output, ready to be edited and given to `openmds audit-log config update`. The retention times are those that the
/// destination topics have at this moment.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log config describe
  openmds audit-log config describe > audit-log-config.json")]
pub struct ConfigDescribe {
    #[command(flatten)]
    connection: Connection,
}

impl ConfigDescribe {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let answer = ask(&mut server, &CONFIG.request(Method::GET)?).await?;
        print(world, &answer, CONFIG.noun)
    }
}
