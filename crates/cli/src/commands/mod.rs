//! The tree of commands. A file is a command: its flags, its help and the function that carries it out with plain values.

mod acl;
mod audit;
mod audit_log;
mod cluster;
mod completion;
mod context;
mod doctor;
mod keys;
mod kinds;
mod login;
mod logout;
mod man;
mod migrate;
mod rbac;
mod tokens;
mod user_describe;
mod version;

use crate::{Failure, World};

/// A command of the metadata server's clients.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[expect(missing_docs, reason = "the help text is on the arguments")]
    Login(login::Login),
    #[expect(missing_docs, reason = "the help text is on the arguments")]
    Logout(logout::Logout),
    /// Keep several log ins side by side and choose between them
    #[command(subcommand)]
    Context(context::ContextCommand),
    /// Register clusters with the metadata server, list and describe them
    #[command(subcommand)]
    Cluster(cluster::ClusterCommand),
    /// Look at registered Kafka clusters
    #[command(subcommand)]
    Kafka(kinds::KindCommand),
    /// Look at registered Connect clusters
    #[command(subcommand)]
    Connect(kinds::KindCommand),
    /// Look at registered ksqlDB clusters
    #[command(subcommand)]
    Ksql(kinds::KindCommand),
    /// Look at registered Schema Registry clusters
    #[command(subcommand)]
    SchemaRegistry(kinds::KindCommand),
    /// Manage who may do what
    #[command(subcommand)]
    Iam(IamCommand),
    /// Say which decisions of all registered clusters are recorded, and where
    #[command(subcommand, visible_alias = "al")]
    AuditLog(audit_log::AuditLogCommand),
    /// Prove that an audit trail is complete, and look into it
    #[command(subcommand)]
    Audit(Box<audit::AuditCommand>),
    /// Move a Kafka cluster's own rules over to the metadata server
    #[command(subcommand)]
    Migrate(Box<migrate::MigrateCommand>),
    #[expect(missing_docs, reason = "the help text is on the arguments")]
    Doctor(doctor::Doctor),
    /// Revoke tokens, and see what is revoked
    #[command(subcommand)]
    Tokens(Box<tokens::TokensCommand>),
    /// List and rotate the keys that sign tokens
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    #[expect(missing_docs, reason = "the help text is on the arguments")]
    Completion(completion::Completion),
    #[expect(missing_docs, reason = "the help text is on the arguments")]
    Man(man::Man),
    #[expect(missing_docs, reason = "the help text is on the arguments")]
    Version(version::Version),
}

/// Identity and access.
#[derive(Debug, clap::Subcommand)]
pub enum IamCommand {
    /// Manage roles and role bindings
    #[command(subcommand)]
    Rbac(rbac::RbacCommand),
    /// Manage ACLs of Kafka clusters
    #[command(subcommand)]
    Acl(Box<acl::AclCommand>),
    /// Look at the user who is logged in
    #[command(subcommand)]
    User(UserCommand),
}

/// Users.
#[derive(Debug, clap::Subcommand)]
pub enum UserCommand {
    Describe(user_describe::UserDescribe),
}

impl Command {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Login(login) => login.run(world).await,
            Self::Logout(logout) => logout.run(world),
            Self::Context(command) => command.run(world),
            Self::Cluster(command) => command.run(world).await,
            Self::Kafka(command) => command.run(world, "kafka-cluster").await,
            Self::Connect(command) => command.run(world, "connect-cluster").await,
            Self::Ksql(command) => command.run(world, "ksql-cluster").await,
            Self::SchemaRegistry(command) => command.run(world, "schema-registry-cluster").await,
            Self::Iam(IamCommand::Rbac(command)) => command.run(world).await,
            Self::Iam(IamCommand::Acl(command)) => command.run(world).await,
            Self::Iam(IamCommand::User(UserCommand::Describe(command))) => command.run(world),
            Self::AuditLog(command) => command.run(world).await,
            Self::Audit(command) => command.run(world).await,
            Self::Migrate(command) => command.run(world).await,
            Self::Doctor(command) => command.run(world),
            Self::Tokens(command) => command.run(world).await,
            Self::Keys(command) => command.run(world).await,
            Self::Completion(command) => command.run(world),
            Self::Man(command) => command.run(world),
            Self::Version(command) => command.run(world),
        }
    }
}
