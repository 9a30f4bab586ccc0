//! `openmds cluster list`

use super::{registry, show_registry};
use crate::{Connection, Failure, Output, World};

/// List the registered clusters
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  openmds cluster list\n  openmds cluster list -o json")]
pub struct List {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl List {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let answer = registry(&mut server, None).await?;
        show_registry(world, &answer, self.output)
    }
}
