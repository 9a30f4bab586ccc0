//! `openmds kafka|connect|ksql|schema-registry cluster list`: the registry, one kind of clusters at a time.

use super::cluster;
use crate::{Connection, Failure, Output, World};

/// Clusters of one kind.
#[derive(Debug, clap::Subcommand)]
pub enum KindCommand {
    /// Look at the registered clusters of this kind
    #[command(subcommand)]
    Cluster(KindClusterCommand),
}

/// Registered clusters of one kind.
#[derive(Debug, clap::Subcommand)]
pub enum KindClusterCommand {
    List(List),
}

/// List the registered clusters of this kind
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds kafka cluster list
  openmds connect cluster list
  openmds ksql cluster list
  openmds schema-registry cluster list -o json")]
pub struct List {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl KindCommand {
    /// `kind`: the registry's name of the kind, for example `connect-cluster`.
    pub(crate) async fn run(self, world: &mut World, kind: &'static str) -> Result<(), Failure> {
        let Self::Cluster(KindClusterCommand::List(List { connection, output })) = self;
        let mut server = world.server(connection).await?;
        let answer = cluster::registry(&mut server, Some(kind)).await?;
        cluster::show_registry(world, &answer, output)
    }
}
