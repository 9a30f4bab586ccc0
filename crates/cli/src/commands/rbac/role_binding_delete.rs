//! `openmds iam rbac role-binding delete`

use reqwest::Method;

use super::resource::BindingFlags;
use super::role_binding_create::{change, show};
use crate::{ClientCertificate, Failure, Output, World};

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
    certificate: ClientCertificate,
    #[command(flatten)]
    output: Output,
}

impl RoleBindingDelete {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let binding = self.binding.binding()?;
        let mut server = world.server(self.certificate).await?;
        if !self.force && !confirmed(world)? {
            world.printer.notice("Nothing was deleted.");
            return Ok(());
        }
        let warnings = change(&mut server, Method::DELETE, &binding).await?;
        for warning in &warnings {
            world.printer.warning(warning);
        }
        show(world, &binding, self.output.output)
    }
}

fn confirmed(world: &mut World) -> Result<bool, Failure> {
    let World { printer, input, .. } = world;
    loop {
        printer.prompt("Are you sure you want to delete this role binding? (y/n): ");
        let answer = input.line().ok().flatten();
        if !input.is_terminal() {
            // What is piped in is not echoed: end the line of the question.
            printer.notice("");
        }
        match answer.as_deref().map(str::trim) {
            Some("y" | "Y" | "yes") => return Ok(true),
            Some("n" | "N" | "no") => return Ok(false),
            Some(_) => printer.notice("Answer y or n."),
            None => {
                return Err(Failure::new("nobody answered the question")
                    .hint("Add --force to delete without being asked"));
            }
        }
    }
}
