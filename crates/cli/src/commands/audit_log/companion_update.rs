//! `openmds audit-log companion update`

use std::path::PathBuf;

use super::kind::COMPANION;
use super::update::update;
use crate::{Connection, Failure, World};

/// Replace the companion of the audit log configuration on all registered clusters
///
/// The companion goes to the server exactly as it is written, so that the server can name every mistake in it. Its
/// metadata.resource_version must be that of the companion now in force: if somebody else was faster, nothing is changed and the
/// current companion is printed. The answer is the companion now in force.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log companion describe > companion.json
  vim companion.json
  openmds audit-log companion update --file companion.json
  openmds audit-log companion update --force < companion.json")]
pub struct CompanionUpdate {
    /// File with the new companion [default: standard input]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Replace the companion now in force, whatever version the new one was made from
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    connection: Connection,
}

impl CompanionUpdate {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        update(world, self.connection, &COMPANION, self.file, self.force).await
    }
}
