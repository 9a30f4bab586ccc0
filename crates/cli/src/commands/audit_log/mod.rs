//! `openmds audit-log ...`

mod config_describe;
mod config_edit;
mod config_lint;
mod config_migrate;
mod config_update;
mod route_list;
mod route_lookup;
mod status;

use reqwest::Method;

use crate::http::{Answer, Request, refusal};
use crate::interrupt::unless_interrupted;
use crate::json_text::indented;
use crate::server::Server;
use crate::{Failure, World};

/// The audit log.
#[derive(Debug, clap::Subcommand)]
pub enum AuditLogCommand {
    /// Show or replace the audit log configuration
    #[command(subcommand)]
    Config(ConfigCommand),
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

/// Replaces the configuration; the answer may have any status. The server carries out what it has received, so that somebody who
/// interrupts the command must hear that.
async fn put(server: &mut Server, document: String) -> Result<Answer, Failure> {
    let request = Request::new(Method::PUT, &["audit", "config"])?.body(document);
    unless_interrupted(server.send(&request)).await.ok_or_else(|| {
        Failure::new("interrupted before the server had answered: whether it replaced the configuration is not known")
            .hint("`openmds audit-log config describe` shows the configuration now in force")
    })?
}

/// Prints a document in the key order of the server, after its warnings.
fn print(world: &mut World, answer: &Answer) -> Result<(), Failure> {
    warn(world, answer);
    world.printer.data(&indented(answer.json_text()?))
}

fn warn(world: &mut World, answer: &Answer) {
    world.printer.warnings(&answer.warnings);
    match answer.pending_clusters {
        None | Some(0) => {}
        Some(1) => world.printer.warning(
            "1 cluster cannot be reached and gets the configuration later; see `openmds audit-log status`",
        ),
        Some(count) => world.printer.warning(&format!(
            "{count} clusters cannot be reached and get the configuration later; see `openmds audit-log status`"
        )),
    }
}
