//! The tree of commands. A file is a command: its flags, its help and the function that carries it out with plain values.

mod audit_log;
mod cluster;
mod doctor;
mod login;
mod logout;
mod rbac;

use crate::{Failure, World};

/// A command of the metadata server's clients.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[expect(missing_docs, reason = "the help text is on the arguments")]
    Login(login::Login),
    #[expect(missing_docs, reason = "the help text is on the arguments")]
    Logout(logout::Logout),
    /// Register clusters with the metadata server, list and describe them
    #[command(subcommand)]
    Cluster(cluster::ClusterCommand),
    /// Manage who may do what
    #[command(subcommand)]
    Iam(IamCommand),
    /// Say which decisions of all registered clusters are recorded, and where
    #[command(subcommand, visible_alias = "al")]
    AuditLog(audit_log::AuditLogCommand),
    #[expect(missing_docs, reason = "the help text is on the arguments")]
    Doctor(doctor::Doctor),
}

/// Identity and access.
#[derive(Debug, clap::Subcommand)]
pub enum IamCommand {
    /// Manage roles and role bindings
    #[command(subcommand)]
    Rbac(rbac::RbacCommand),
}

impl Command {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Login(login) => login.run(world).await,
            Self::Logout(logout::Logout {}) => logout::logout(world),
            Self::Cluster(command) => command.run(world).await,
            Self::Iam(IamCommand::Rbac(command)) => command.run(world).await,
            Self::AuditLog(command) => command.run(world).await,
            Self::Doctor(command) => command.run(world),
        }
    }
}
