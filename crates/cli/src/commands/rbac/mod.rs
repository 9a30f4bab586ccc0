//! `openmds iam rbac ...`

mod explain;
mod question;
mod resource;
mod role_binding_create;
mod role_binding_delete;
mod role_binding_legacy;
mod role_binding_list;
mod role_describe;
mod role_list;
mod roles;
mod who_can;

use crate::{Failure, World};

/// Roles and role bindings.
#[derive(Debug, clap::Subcommand)]
pub enum RbacCommand {
    Explain(Box<explain::Explain>),
    /// Look at the roles that can be bound
    #[command(subcommand)]
    Role(RoleCommand),
    /// Bind roles to principals, list and remove such bindings
    #[command(subcommand)]
    RoleBinding(Box<RoleBindingCommand>),
    WhoCan(Box<who_can::WhoCan>),
}

/// Roles.
#[derive(Debug, clap::Subcommand)]
pub enum RoleCommand {
    Describe(role_describe::RoleDescribe),
    List(role_list::RoleList),
}

/// Role bindings.
#[derive(Debug, clap::Subcommand)]
pub enum RoleBindingCommand {
    Create(role_binding_create::RoleBindingCreate),
    Delete(role_binding_delete::RoleBindingDelete),
    List(role_binding_list::RoleBindingList),
}

impl RbacCommand {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Explain(command) => command.run(world).await,
            Self::WhoCan(command) => command.run(world).await,
            Self::Role(RoleCommand::Describe(command)) => command.run(world).await,
            Self::Role(RoleCommand::List(command)) => command.run(world).await,
            Self::RoleBinding(command) => match *command {
                RoleBindingCommand::Create(command) => command.run(world).await,
                RoleBindingCommand::Delete(command) => command.run(world).await,
                RoleBindingCommand::List(command) => command.run(world).await,
            },
        }
    }
}
