//! `openmds iam acl list`

use super::flags::AclFlags;
use super::{search, show};
use crate::{Connection, Failure, Output, World};

/// List ACLs of a Kafka cluster
///
/// Every flag narrows the list down, --host too. A name alone is meant literally: with --prefix only ACLs on exactly that prefix
/// are listed, without it only those on exactly that name.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam acl list --kafka-cluster DBS26_qTQ-mT23p5opUK_g
  openmds iam acl list --kafka-cluster DBS26_qTQ-mT23p5opUK_g \\
    --principal User:alice --topic orders -o json")]
pub struct List {
    #[command(flatten)]
    acl: AclFlags,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl List {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let filters = self.acl.filters()?;
        let mut server = world.server(self.connection).await?;
        let found = search(&mut server, &filters).await?;
        show(world, &found, self.output)
    }
}
