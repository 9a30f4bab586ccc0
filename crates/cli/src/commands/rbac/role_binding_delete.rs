//! `openmds iam rbac role-binding delete`

use reqwest::Method;

use super::resource::BindingFlags;
use super::role_binding_create::{change, show};
use crate::confirm::confirmed;
use crate::{Connection, Failure, Output, World};

const QUESTION: &str = "Are you sure you want to delete this role binding?";

/// Take a role from a principal
///
/// Give the same flags as for create. Removing what is not bound is no error.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam rbac role-binding delete --role AuditAdmin \\
    --principal User:alice --kafka-cluster DBS26_qTQ-mT23p5opUK_g
  openmds iam rbac role-binding delete --force --role DeveloperRead \\
    --principal User:bob --resource Topic:orders --cluster-name payments")]
pub struct RoleBindingDelete {
    #[command(flatten)]
    binding: BindingFlags,
    /// Do not ask
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl RoleBindingDelete {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let binding = self.binding.binding()?;
        let mut server = world.server(self.connection).await?;
        if !self.force && !confirmed(world, QUESTION)? {
            world.printer.notice("Nothing was deleted.");
            return Ok(());
        }
        let warnings = change(&mut server, Method::DELETE, &binding).await?;
        world.printer.warnings(&warnings);
        show(world, &binding, self.output)
    }
}
