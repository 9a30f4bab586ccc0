//! `openmds audit-log config edit`

use super::edit::edit;
use super::kind::CONFIG;
use crate::{Connection, Failure, World};

/// Edit the audit log configuration in a text editor
///
/// Opens the configuration now in force in $VISUAL, else $EDITOR, else vi, and puts what was saved. What is not valid is not sent: the
/// editor opens again with the faults in the first lines. A text that was not changed is not sent either. What was typed is never lost:
/// if it cannot be put, the file stays and its path is printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log config edit
  EDITOR=nano openmds audit-log config edit")]
pub struct ConfigEdit {
    #[command(flatten)]
    connection: Connection,
}

impl ConfigEdit {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        edit(world, self.connection, &CONFIG).await
    }
}
