//! `openmds server ...`

use std::io::Read as _;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::config::Settings;
use crate::tokens::SigningAlgorithm;
use crate::{directory, tokens};

/// Runs and prepares the metadata server.
#[derive(Debug, Args)]
pub struct ServerArgs {
    #[command(subcommand)]
    command: ServerCommand,
}

#[derive(Debug, Subcommand)]
enum ServerCommand {
    /// Start the metadata server and keep it running
    #[command(
        after_help = "Examples:\n  openmds server start --config /etc/openmds/server.properties"
    )]
    Start {
        /// Java properties file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// In which form to write the log to standard error; without it `openmds.log.format` counts
        #[arg(long, value_name = "FORMAT")]
        log_format: Option<LogFormat>,
    },
    /// Read a property file as `start` does, say all that is wrong with it, and start nothing
    #[command(
        after_help = "Examples:\n  openmds server check --config /etc/openmds/server.properties"
    )]
    Check {
        /// Java properties file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Prepare the key that signs tokens
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Prepare lines of the user file
    #[command(subcommand)]
    Passwd(PasswdCommand),
}

/// In which form the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a key and, for brokers, the file with its public half
    #[command(
        after_help = "Examples:\n  openmds server keys generate --out key.pem --jwks jwks.json\n  openmds server keys generate --algorithm ES256 --out key.pem"
    )]
    Generate {
        /// Where to write the private key (PKCS#8 PEM); an existing file is not replaced
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Where to write the JWK set with the public key
        #[arg(long, value_name = "FILE")]
        jwks: Option<PathBuf>,
        /// What the key signs with: RS256 or ES256
        #[arg(long, value_name = "NAME", default_value = "RS256")]
        algorithm: SigningAlgorithm,
    },
}

#[derive(Debug, Subcommand)]
enum PasswdCommand {
    /// Read a password from standard input and print its argon2id hash
    #[command(after_help = "Examples:\n  printf %s \"$PASSWORD\" | openmds server passwd hash")]
    Hash,
}

/// Runs a server command; an error is for standard error, with exit code 1.
pub async fn run(args: ServerArgs) -> Result<(), String> {
    match args.command {
        ServerCommand::Start { config, log_format } => {
            log(match log_format {
                Some(format) => format == LogFormat::Json,
                None => Settings::wants_json_log(&config),
            });
            crate::start(&config)
                .await
                .map_err(|error| error.to_string())
        }
        ServerCommand::Check { config } => {
            let settings = Settings::load(&config).map_err(|error| error.to_string())?;
            for warning in &settings.warnings {
                print(&format!("warning: {warning}"));
            }
            print(&format!("{} can be used", config.display()));
            Ok(())
        }
        ServerCommand::Keys(KeysCommand::Generate {
            out,
            jwks,
            algorithm,
        }) => {
            let key = tokens::generate(&out, algorithm).map_err(|error| error.to_string())?;
            match jwks {
                Some(path) => crate::files::replace(&path, key.jwks().as_bytes())
                    .map_err(|error| format!("{}: {error}", path.display())),
                None => Ok(()),
            }
        }
        ServerCommand::Passwd(PasswdCommand::Hash) => {
            let mut password = String::new();
            std::io::stdin()
                .read_to_string(&mut password)
                .map_err(|error| format!("standard input: {error}"))?;
            let password = password.strip_suffix('\n').unwrap_or(&password);
            if password.is_empty() {
                return Err("standard input holds no password".to_string());
            }
            let hash = directory::hash(password)?;
            print(&hash);
            Ok(())
        }
    }
}

#[expect(clippy::print_stdout, reason = "the command's only output")]
fn print(line: &str) {
    println!("{line}");
}

fn log(json: bool) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("OPENMDS_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if json {
        let subscriber = subscriber.json().flatten_event(true);
        if subscriber.try_init().is_err() {
            tracing::debug!("logging was set up before");
        }
        return;
    }
    let plain = std::env::var_os("NO_COLOR").is_some()
        || !std::io::IsTerminal::is_terminal(&std::io::stderr());
    if subscriber.with_ansi(!plain).try_init().is_err() {
        tracing::debug!("logging was set up before");
    }
}
