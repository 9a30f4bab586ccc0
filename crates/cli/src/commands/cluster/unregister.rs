//! `openmds cluster unregister`

use openmds_api::ClusterInfo;
use reqwest::Method;

use super::{registry, success};
use crate::http::Request;
use crate::{Connection, Failure, World};

/// Take a cluster out of the registry
///
/// The audit log configuration that the cluster has already applied stays there; it only gets no new ones.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  openmds cluster unregister --cluster-name payments")]
pub struct Unregister {
    /// Name of the cluster
    #[arg(long, value_name = "NAME")]
    cluster_name: String,
    #[command(flatten)]
    connection: Connection,
}

impl Unregister {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        unregister(world, self.connection, &self.cluster_name).await
    }
}

async fn unregister(world: &mut World, connection: Connection, name: &str) -> Result<(), Failure> {
    let mut server = world.server(connection).await?;
    let entries: Vec<ClusterInfo> = registry(&mut server, None).await?.json()?;
    if !entries.iter().any(|entry| entry.cluster_name == name) {
        return Err(Failure::new(format!("unknown cluster \"{name}\""))
            .hint("`openmds cluster list` shows the names of the registered clusters"));
    }
    let request = Request::new(Method::DELETE, &["registry", "clusters", name])?;
    let answer = success(server.send(&request).await?)?;
    world.printer.warnings(&answer.warnings);
    world.printer.data(&format!(
        "Successfully unregistered cluster \"{name}\" from the Cluster Registry."
    ))
}
