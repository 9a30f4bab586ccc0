//! `openmds migrate ...`: moving a cluster over to the metadata server.

mod acls;
mod apply;
mod held;
mod plan;

pub(super) use held::held;

use crate::{Failure, World};

/// Moving clusters over.
#[derive(Debug, clap::Subcommand)]
pub enum MigrateCommand {
    Acls(acls::Acls),
}

impl MigrateCommand {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Acls(command) => command.run(world).await,
        }
    }
}
