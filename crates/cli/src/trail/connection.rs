//! The flags of commands that speak to a Kafka cluster.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use openmds_kafka::{Connection, PropertyContext, connection_from_properties};

use crate::{Failure, properties};

const BOOTSTRAP: &str = "bootstrap.servers";
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where a Kafka cluster is, and how to log in there.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct KafkaFlags {
    /// Brokers of the cluster that holds the audit topics [default: bootstrap.servers of --command-config]
    #[arg(long, value_name = "HOST:PORT,...")]
    pub(crate) bootstrap_server: Option<String>,
    /// Property file of a Kafka client: security.protocol, sasl.*, ssl.*
    #[arg(long, value_name = "FILE")]
    pub(crate) command_config: Option<PathBuf>,
}

impl KafkaFlags {
    /// Whether a cluster is named.
    pub(crate) fn is_given(&self) -> bool {
        self.bootstrap_server.is_some() || self.command_config.is_some()
    }

    /// The connection that the flags describe.
    pub(crate) fn connection(&self) -> Result<Connection, Failure> {
        if !self.is_given() {
            return Err(Failure::usage("no Kafka cluster is named").hint(
                "Add --bootstrap-server HOST:PORT, and --command-config FILE if the cluster asks for a log in",
            ));
        }
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        let mut from = String::new();
        if let Some(file) = &self.command_config {
            let read = properties::read(file)?;
            known.extend(
                read.into_iter()
                    .map(|property| (property.name, property.value)),
            );
            from = format!("{}: ", file.display());
        }
        if let Some(servers) = &self.bootstrap_server {
            known.insert(BOOTSTRAP.to_owned(), servers.clone());
        }
        let context = PropertyContext {
            prefix: String::new(),
            client_id: "openmds-audit".to_owned(),
            token_source: None,
            timeout: TIMEOUT,
        };
        connection_from_properties(&known, &context).map_err(|errors| {
            let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
            Failure::new(format!(
                "cannot connect with these settings: {from}{}",
                lines.join("; ")
            ))
            .hint("Give the settings that a Kafka console tool would take with --command-config")
        })
    }
}
