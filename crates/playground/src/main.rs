//! The program behind `./quickstart`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use openmds_playground::layout::Layout;
use openmds_playground::progress::{Progress, say};
use openmds_playground::story::{self, DENIED_TOPIC};
use openmds_playground::versions::{NEWEST, SUPPORTED, Tool};
use openmds_playground::{Builder, Playground, check, soak, stop};

const DEFAULT_DIRECTORY: &str = ".playground";

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

    /// Kills brokers and destination at random under load, and compares the audit trail with what clients know
    #[command(after_help = "Example:\n  playground soak --minutes 30 --seed 7")]
    Soak(Soak),

    /// Prints the supported versions of Apache Kafka, one a line
    Versions {
        /// Which of them
        #[arg(value_enum, default_value = "all")]
        which: Which,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Which {
    /// The default of `quickstart`
    Newest,
    /// Every one, oldest first
    All,
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
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DIRECTORY)]
    directory: PathBuf,
}

#[derive(Debug, Args)]
struct Soak {
    /// How long clients ask
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    minutes: u32,

    /// Which faults happen, in which order [default: one that is drawn, and printed]
    #[arg(long)]
    seed: Option<u64>,

    /// Version of Apache Kafka [default: the newest]
    #[arg(long, value_name = "VERSION")]
    kafka: Option<String>,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Quickstart(options) => quickstart(&options),
        Command::Soak(options) => soak(&options),
        Command::Versions { which } => {
            versions(which);
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            Progress::visible().failure(&error);
            ExitCode::FAILURE
        }
    }
}

/// In a directory of its own, which is kept where something is wrong.
fn soak(options: &Soak) -> Result<()> {
    let progress = Progress::visible();
    let temporary = tempfile::Builder::new().prefix("openmds-soak-").tempdir()?;
    stop::on_signals(temporary.path())?;
    let mut builder = Playground::builder(temporary.path()).progress(progress);
    if let Some(version) = &options.kafka {
        builder = builder.kafka(version);
    }
    let playground = builder.start()?;
    let drawn = || uuid::Uuid::new_v4().as_u64_pair().0;
    let options = soak::Options {
        length: Duration::from_secs(60 * u64::from(options.minutes)),
        seed: options.seed.unwrap_or_else(drawn),
    };
    let soaked =
        soak::prepare(&playground).and_then(|()| soak::run(&playground, options, progress));
    let stopped = progress.timed("stopped", || playground.stop());
    if let Err(error) = soaked {
        let kept = temporary.keep();
        progress.note(format_args!(
            "state and logs are kept in {}",
            kept.display()
        ));
        return Err(error);
    }
    stopped?;
    progress.note("soak: the trail says what the clients know");
    Ok(())
}

fn versions(which: Which) {
    match which {
        Which::Newest => say(NEWEST.broker),
        Which::All => SUPPORTED.iter().for_each(|release| say(release.broker)),
    }
}

fn quickstart(options: &Quickstart) -> Result<()> {
    let progress = Progress::visible();
    if options.stop {
        let ended = progress.timed("stopped", || {
            stop::everything(&Layout::new(&options.directory)?)
        })?;
        progress.note(format_args!("{ended} process(es) ended"));
        return Ok(());
    }
    if options.check {
        return check(options, progress);
    }
    if options.fresh {
        stop::forget(&options.directory)?;
    }
    stop::on_signals(&options.directory)?;
    let playground = builder(options, &options.directory, progress).start()?;
    story::tell(&playground)?;
    what_next(&playground, options.detach);
    if options.detach {
        playground.detach();
        return Ok(());
    }
    wait_for_the_end(&playground);
    Ok(())
}

fn builder(options: &Quickstart, directory: &Path, progress: Progress) -> Builder {
    let builder = Playground::builder(directory).progress(progress);
    match &options.kafka {
        Some(version) => builder.kafka(version),
        None => builder,
    }
}

/// In a directory of its own unless one is asked for, so that it neither needs nor disturbs what else runs.
fn check(options: &Quickstart, progress: Progress) -> Result<()> {
    let temporary = tempfile::Builder::new()
        .prefix("openmds-check-")
        .tempdir()?;
    let directory = match &options.directory {
        given if given == Path::new(DEFAULT_DIRECTORY) => temporary.path(),
        given => given,
    };
    stop::forget(directory)?;
    stop::on_signals(directory)?;
    let playground = builder(options, directory, progress).start()?;
    let verified =
        story::tell(&playground).and_then(|told| check::verify(&playground, &told, progress));
    let stopped = progress.timed("stopped", || playground.stop());
    if let Err(error) = verified {
        progress.note(format_args!(
            "state and logs are kept in {}",
            directory.display()
        ));
        let _ = temporary.keep();
        return Err(error);
    }
    stopped?;
    progress.note("check: every step was seen from outside");
    Ok(())
}

fn what_next(playground: &Playground, detached: bool) {
    let stop = if detached {
        "./quickstart --stop"
    } else {
        "Ctrl-C"
    };
    let root = playground.layout().root().display();
    say(format_args!(
        "
=== Everything is running. Try next:
. {root}/env; PATH={root}/bin:{programs}:$PATH    # addresses, passwords, tools
openmds login --url $OPENMDS_URL         # as mds, alice, bob or carol (in the group $CAROL_GROUP)
openmds audit-log status --watch         # in one shell, while in another:
openmds audit-log config describe > c.json; $EDITOR c.json; openmds audit-log config update < c.json
openmds audit-log route lookup crn:///kafka=$PAYMENTS_CLUSTER_ID/topic=orders
kafka-console-consumer --bootstrap-server $LOGS_BOOTSTRAP {flag} $LOGS_ADMIN_CONFIG \\
  --topic {DENIED_TOPIC} --from-beginning
{stop}         # stops it all",
        programs = playground.programs().display(),
        flag = Tool::ConsoleConsumer.config_flag(playground.release().tools),
    ));
}

/// Returns when another shell has stopped everything; Ctrl-C ends this process otherwise.
fn wait_for_the_end(playground: &Playground) {
    while playground.is_running() {
        thread::sleep(Duration::from_secs(1));
    }
}
