//! The one binary: `openmds server ...` and the commands that a person types.

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

/// OpenMDS: a metadata service for Apache Kafka clusters, and its command line.
#[derive(Debug, clap::Parser)]
#[command(name = "openmds", version, after_long_help = openmds_cli::ENVIRONMENT_HELP)]
struct Openmds {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one, and it is taken apart at once"
)]
enum Command {
    /// Run and prepare the metadata server
    Server(openmds_server::cli::ServerArgs),
    #[command(flatten)]
    Cli(openmds_cli::Command),
}

fn main() -> ExitCode {
    match Openmds::parse().command {
        Command::Server(args) => serve(args),
        Command::Cli(command) => {
            openmds_cli::run_process(command, Openmds::command(), check_server_file)
        }
    }
}

/// `openmds doctor` knows Kafka's files; the server knows its own.
fn check_server_file(file: &Path) -> Vec<openmds_cli::ServerFinding> {
    let found = openmds_server::config::check(file).into_iter();
    let shown = found.map(|found| openmds_cli::ServerFinding {
        property: found.property,
        message: found.message,
        is_fault: found.is_fault,
    });
    shown.collect()
}

fn serve(args: openmds_server::cli::ServerArgs) -> ExitCode {
    // One crypto provider for everything; a second call would only say that it is there.
    let _already_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let ended = tokio::runtime::Runtime::new()
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(openmds_server::cli::run(args)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}
