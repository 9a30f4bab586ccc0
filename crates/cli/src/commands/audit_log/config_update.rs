//! `openmds audit-log config update`

use std::path::PathBuf;

use super::kind::CONFIG;
use super::update::update;
use crate::{Connection, Failure, World};

/// Replace the audit log configuration on all registered clusters
///
/// The document goes to the server exactly as it is written, so that the server can name every mistake in it. Its
/// metadata.resource_version must be that of the configuration now in force: if somebody else was faster, nothing is changed and the
/// current document is printed. The answer is the configuration now in force.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log config describe > audit-log-config.json
  vim audit-log-config.json
  openmds audit-log config update --file audit-log-config.json
  openmds audit-log config update --force < audit-log-config.json")]
pub struct ConfigUpdate {
    /// File with the new document [default: standard input]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Replace the configuration now in force, whatever version the document was made from
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    connection: Connection,
}

impl ConfigUpdate {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        update(world, self.connection, &CONFIG, self.file, self.force).await
    }
}
