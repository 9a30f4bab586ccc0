//! `openmds audit-log ...`

mod companion_describe;
mod companion_edit;
mod companion_update;
mod config_describe;
mod config_edit;
mod config_lint;
mod config_migrate;
mod config_update;
mod edit;
mod kind;
mod route_list;
mod route_lookup;
mod status;
mod update;

use crate::http::{Answer, Request, refusal};
use crate::json_text::indented;
use crate::server::Server;
use crate::{Failure, World};

/// The audit log.
#[derive(Debug, clap::Subcommand)]
pub enum AuditLogCommand {
    /// Show or replace the audit log configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Show or replace the companion of the audit log configuration: fail modes and formats
    #[command(subcommand)]
    Companion(CompanionCommand),
    /// Find out which routes concern a resource
    #[command(subcommand)]
    Route(RouteCommand),
    Status(status::Status),
}

/// The audit log configuration.
#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    Describe(config_describe::ConfigDescribe),
    Update(config_update::ConfigUpdate),
    Edit(config_edit::ConfigEdit),
    Migrate(config_migrate::ConfigMigrate),
    Lint(config_lint::ConfigLint),
}

/// The companion of the audit log configuration.
///
/// What the configuration itself has no field for: how sure an event must be recorded before its request is answered, and in which
/// form a destination topic gets its events.
#[derive(Debug, clap::Subcommand)]
pub enum CompanionCommand {
    Describe(companion_describe::CompanionDescribe),
    Update(companion_update::CompanionUpdate),
    Edit(companion_edit::CompanionEdit),
}

/// Routes of the audit log configuration.
#[derive(Debug, clap::Subcommand)]
pub enum RouteCommand {
    List(route_list::RouteList),
    Lookup(route_lookup::RouteLookup),
}

impl AuditLogCommand {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Config(ConfigCommand::Describe(command)) => command.run(world).await,
            Self::Config(ConfigCommand::Update(command)) => command.run(world).await,
            Self::Config(ConfigCommand::Edit(command)) => command.run(world).await,
            Self::Config(ConfigCommand::Lint(command)) => command.run(world).await,
            Self::Config(ConfigCommand::Migrate(command)) => command.run(world),
            Self::Companion(CompanionCommand::Describe(command)) => command.run(world).await,
            Self::Companion(CompanionCommand::Update(command)) => command.run(world).await,
            Self::Companion(CompanionCommand::Edit(command)) => command.run(world).await,
            Self::Route(RouteCommand::List(command)) => command.run(world).await,
            Self::Route(RouteCommand::Lookup(command)) => command.run(world).await,
            Self::Status(command) => command.run(world).await,
        }
    }
}

/// Sends a request to an audit endpoint; anything but success is a failure in the form of those endpoints.
async fn ask(server: &mut Server, request: &Request) -> Result<Answer, Failure> {
    let answer = server.send(request).await?;
    if answer.status.is_success() {
        Ok(answer)
    } else {
        Err(refusal::audit(&answer))
    }
}

/// Prints a document in the key order of the server, after its warnings.
fn print(world: &mut World, answer: &Answer, noun: &str) -> Result<(), Failure> {
    warn(world, answer, noun);
    world.printer.data(&indented(answer.json_text()?))
}

fn warn(world: &mut World, answer: &Answer, noun: &str) {
    world.printer.warnings(&answer.warnings);
    match answer.pending_clusters {
        None | Some(0) => {}
        Some(1) => world.printer.warning(&format!(
            "1 cluster cannot be reached and gets the {noun} later; see `openmds audit-log status`",
        )),
        Some(count) => world.printer.warning(&format!(
            "{count} clusters cannot be reached and get the {noun} later; see `openmds audit-log status`"
        )),
    }
}
