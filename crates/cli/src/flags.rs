//! Flags that many commands share.

use std::path::PathBuf;

use crate::environment::{Environment, absolute};
use crate::failure::Failure;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// A table for people
    Human,
    /// JSON for programs
    Json,
    /// The same as YAML
    Yaml,
}

/// An output for programs: the same content in either form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Structured {
    /// Two spaces an indent, keys in the order of `docs/cli-output.md`.
    Json,
    /// The same content as a YAML document.
    Yaml,
}

/// The flag that chooses the output.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Output {
    /// Print a table (human), JSON or YAML
    #[arg(
        short,
        long,
        value_enum,
        default_value = "human",
        value_name = "FORMAT",
        hide_possible_values = false
    )]
    output: OutputFormat,
}

impl Output {
    /// The form for programs; `None`: people read it.
    pub(crate) fn structured(self) -> Option<Structured> {
        match self.output {
            OutputFormat::Human => None,
            OutputFormat::Json => Some(Structured::Json),
            OutputFormat::Yaml => Some(Structured::Yaml),
        }
    }
}

/// The flags for a server that asks for a client certificate.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ClientCertificate {
    /// PEM file with the certificate to show to the server [default: that of the log in, else OPENMDS_CLIENT_CERT]
    #[arg(long, value_name = "FILE", requires = "client_key_path")]
    client_cert_path: Option<PathBuf>,
    /// PEM file with the private key of that certificate
    #[arg(long, value_name = "FILE", requires = "client_cert_path")]
    client_key_path: Option<PathBuf>,
}

impl ClientCertificate {
    /// Certificate and key, as paths from the root: the flags, else the environment's.
    pub(crate) fn files(
        &self,
        environment: &Environment,
    ) -> Result<Option<(PathBuf, PathBuf)>, Failure> {
        let of_flags = self
            .client_cert_path
            .as_ref()
            .zip(self.client_key_path.as_ref());
        let of_environment = || {
            let certificate = environment.client_cert_path.as_ref();
            certificate.zip(environment.client_key_path.as_ref())
        };
        of_flags
            .or_else(of_environment)
            .map(|(certificate, key)| Ok((absolute(certificate)?, absolute(key)?)))
            .transpose()
    }
}

/// The flags of every command that needs a log in: which one, and its client certificate.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Connection {
    /// The log in to use: a name of `openmds context list` [default: OPENMDS_CONTEXT, else the current one]
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
    #[command(flatten)]
    pub(crate) certificate: ClientCertificate,
}

impl Connection {
    /// The context that was asked for by name: the flag's, else the environment's.
    pub(crate) fn context(&self, environment: &Environment) -> Option<String> {
        self.context.clone().or_else(|| environment.context.clone())
    }
}
