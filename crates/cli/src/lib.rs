//! The street door: the commands that a person types.
//!
//! `Command` is the tree of commands, one file each under `commands`; they speak HTTP with a metadata server and print through
//! one [`Printer`]. Nothing here decides what is allowed, valid or routed: the server does.

mod browser;
mod commands;
mod confirm;
mod doctor;
mod editor;
mod environment;
mod failure;
mod findings;
mod flags;
mod http;
mod input;
mod interrupt;
mod json_text;
mod line_changes;
mod principal;
mod printer;
mod progress;
mod properties;
mod scope;
mod server;
mod server_url;
mod session;
mod table;
mod trail;
mod yaml;

pub use browser::Browser;
pub use commands::Command;
pub use environment::{ENVIRONMENT_HELP, Environment};
pub use failure::Failure;
pub use flags::{ClientCertificate, Connection, Output, OutputFormat};
pub use input::Input;
pub use printer::Printer;
pub use scope::{ClusterIds, ScopeFlags};

use std::process::ExitCode;
use std::sync::Arc;

use openmds_kafka::{Connector, WireConnector};

/// Manage an OpenMDS metadata server from the command line.
#[derive(Debug, clap::Parser)]
#[command(name = "openmds", version, after_long_help = ENVIRONMENT_HELP)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What a metadata server says of its own property file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFinding {
    /// The property; empty for the file as a whole.
    pub property: String,
    /// What is wrong, and what to write instead.
    pub message: String,
    /// Whether the server does not start because of it.
    pub is_fault: bool,
}

/// The server's own check of a property file: part of the program that has both, and not of this crate.
pub type ServerCheck = fn(&std::path::Path) -> Vec<ServerFinding>;

/// All that a command may touch besides the network and its own files.
pub struct World {
    /// Settings from environment variables.
    pub environment: Environment,
    /// Where words go.
    pub printer: Printer,
    /// Where words come from.
    pub input: Input,
    /// How `doctor` looks at files of metadata servers.
    pub server_check: Option<ServerCheck>,
    /// What opens pages.
    pub browser: Browser,
    /// What connects to Kafka clusters.
    pub kafka: Arc<dyn Connector>,
    /// The whole program, for what is made from its help.
    pub program: clap::Command,
}

impl World {
    /// The environment and the standard streams of this process.
    pub fn of_process(program: clap::Command) -> Self {
        let environment = Environment::of_process();
        Self {
            printer: Printer::of_process(environment.no_color),
            input: Input::of_process(),
            server_check: None,
            kafka: Arc::new(WireConnector),
            browser: Browser::of_process(),
            program,
            environment,
        }
    }

    async fn server(&self, connection: Connection) -> Result<server::Server, Failure> {
        let on_terminal = self.printer.is_watched();
        server::Server::open(&self.environment, connection, on_terminal).await
    }
}

/// Carries out one command and says on standard error why, if it fails. The answer is the exit code: 0 done, 1 failed, 2 wrong usage.
pub async fn run(command: Command, world: &mut World) -> u8 {
    match command.run(world).await {
        Ok(()) => 0,
        Err(failure) => {
            world.printer.failure(&failure);
            failure.exit_code()
        }
    }
}

/// Carries out one command as this process; `program` is the whole program that it belongs to, `server_check` looks at files of
/// metadata servers.
pub fn run_process(
    command: Command,
    program: clap::Command,
    server_check: ServerCheck,
) -> ExitCode {
    let mut world = World::of_process(program);
    world.server_check = Some(server_check);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => ExitCode::from(runtime.block_on(run(command, &mut world))),
        Err(error) => {
            let failure = Failure::new(format!("cannot start: {error}"));
            world.printer.failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
