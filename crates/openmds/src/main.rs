//! The one binary: `openmds server ...` and the commands that a person types.

use std::process::ExitCode;

use clap::Parser as _;

/// OpenMDS: a metadata service for Apache Kafka clusters, and its command line.
#[derive(Debug, clap::Parser)]
#[command(name = "openmds", version, after_long_help = openmds_cli::ENVIRONMENT_HELP)]
struct Openmds {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    #[command(flatten)]
    Cli(openmds_cli::Command),
}

fn main() -> ExitCode {
    match Openmds::parse().command {
        Command::Cli(command) => openmds_cli::run_process(command),
    }
}
