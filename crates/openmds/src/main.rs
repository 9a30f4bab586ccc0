//! The one binary: `openmds server ...` and the commands that a person types.

use std::process::ExitCode;

use clap::Parser as _;

/// OpenMDS: a metadata service for Apache Kafka clusters, and its command line.
#[derive(Debug, clap::Parser)]
#[command(name = "openmds", version)]
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
