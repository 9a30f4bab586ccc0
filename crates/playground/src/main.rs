//! The program behind `./quickstart`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use openmds_playground::Playground;
use openmds_playground::layout::Layout;
use openmds_playground::progress::Progress;
use openmds_playground::stop;

/// Real Apache Kafka clusters and a metadata server on this machine.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Boots three clusters and the server and tells the story of centralized audit logs
    Quickstart(Quickstart),
}

#[derive(Debug, Args)]
struct Quickstart {
    /// Return to the shell and leave everything running
    #[arg(long, conflicts_with_all = ["stop", "check"])]
    detach: bool,

    /// Stop what an earlier run left running
    #[arg(long)]
    stop: bool,

    /// Forget all state of earlier runs first
    #[arg(long, conflicts_with = "stop")]
    fresh: bool,

    /// Run the story, verify every step from outside, stop, and exit with 0 or 1
    #[arg(long, conflicts_with = "stop")]
    check: bool,

    /// Version of Apache Kafka [default: the newest]
    #[arg(long, value_name = "VERSION")]
    kafka: Option<String>,

    /// Where state is kept
    #[arg(long, value_name = "DIR", default_value = ".playground")]
    directory: PathBuf,
}

fn main() -> ExitCode {
    let Command::Quickstart(options) = Cli::parse().command;
    match quickstart(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            Progress::visible().note(format_args!("\nerror: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn quickstart(options: &Quickstart) -> anyhow::Result<()> {
    let progress = Progress::visible();
    if options.stop {
        let ended = progress.timed("stopped", || {
            stop::everything(&Layout::new(&options.directory)?)
        })?;
        progress.note(format_args!("{ended} process(es) ended"));
        return Ok(());
    }
    if options.fresh {
        stop::forget(&options.directory)?;
    }
    let mut builder = Playground::builder(&options.directory)
        .progress(progress)
        .kafka_alone();
    if let Some(version) = &options.kafka {
        builder = builder.kafka(version);
    }
    let playground = builder.start()?;
    playground.detach();
    Ok(())
}
