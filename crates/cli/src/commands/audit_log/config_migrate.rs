//! `openmds audit-log config migrate`

use std::path::PathBuf;

use openmds_policy::audit::{LegacyConfig, ROUTER_CONFIG_KEY, combine};

use crate::{Failure, World, properties};

/// Combine the audit log configurations of single clusters into one for all of them
///
/// Reads the property confluent.security.event.router.config of each cluster's property file and prints the combined document on
/// standard output; nothing is sent anywhere, and no log in is needed. Every event of each cluster goes where it went before, unless a
/// warning on standard error names the cluster and the reason. The document has no version: put it with `openmds audit-log config
/// update --force`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log config migrate \\
    --combine clusterA=a/server.properties,clusterB=b/server.properties \\
    --bootstrap-servers logs1:9092,logs2:9092 --authority mds.example.com > audit-log-config.json
  openmds audit-log config lint --file audit-log-config.json
  openmds audit-log config update --force --file audit-log-config.json")]
pub struct ConfigMigrate {
    /// Cluster ids and the property files of a broker of each
    #[arg(
        long,
        required = true,
        value_delimiter = ',',
        value_name = "ID=FILE,...",
        value_parser = source
    )]
    combine: Vec<Source>,
    /// Where events are written to from now on [default: each cluster's own settings decide]
    #[arg(long, value_delimiter = ',', value_name = "HOST:PORT,...")]
    bootstrap_servers: Vec<String>,
    /// Authority of the combined routes; brokers and controllers must have it as confluent.authorizer.authority.name
    #[arg(long, default_value = "", hide_default_value = true)]
    authority: String,
}

/// One cluster and its file.
#[derive(Debug, Clone)]
struct Source {
    cluster_id: String,
    path: PathBuf,
}

fn source(text: &str) -> Result<Source, String> {
    match text.split_once('=') {
        Some((id, path)) if !id.is_empty() && !path.is_empty() => Ok(Source {
            cluster_id: id.to_owned(),
            path: PathBuf::from(path),
        }),
        _ => Err("write <cluster id>=<property file>".to_owned()),
    }
}

impl ConfigMigrate {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut configs = Vec::new();
        let mut faults = Vec::new();
        for source in &self.combine {
            match config(source) {
                Ok(Some(config)) => configs.push(config),
                Ok(None) => world.printer.warning(&format!(
                    "Ignoring property file {} because it does not contain a router configuration.",
                    source.path.display()
                )),
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            let faults: Vec<String> = faults
                .iter()
                .map(|fault| fault.message().to_owned())
                .collect();
            return Err(Failure::new(faults.join("\n"))
                .hint("Nothing was printed; correct the files, or copies of them, and try again"));
        }
        if configs.is_empty() {
            return Err(Failure::new(format!(
                "none of the files contains {ROUTER_CONFIG_KEY}: there is nothing to combine"
            ))
            .hint("These clusters follow the built-in configuration, as any cluster does before the first update"));
        }
        let migration =
            combine(&configs, &self.bootstrap_servers, &self.authority).map_err(|faults| {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                Failure::new(format!("cannot combine: {}", faults.join("\n")))
            })?;
        for warning in &migration.warnings {
            world.printer.warning(&warning.to_string());
        }
        world.printer.json(&migration)
    }
}

/// The cluster's configuration, if its file has one.
fn config(source: &Source) -> Result<Option<LegacyConfig>, Failure> {
    let properties = properties::read(&source.path)?;
    let Some(value) = properties::value(&properties, ROUTER_CONFIG_KEY) else {
        return Ok(None);
    };
    let id = &source.cluster_id;
    LegacyConfig::parse(id, value).map(Some).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let faults = faults.join("; ");
        let fault = match faults.strip_prefix("not valid JSON: ") {
            Some(reason) => format!("uses invalid JSON: {reason}"),
            None => format!("is not valid: {faults}"),
        };
        Failure::new(format!(
            "bad input file: the audit log configuration for cluster \"{id}\" {fault}"
        ))
    })
}
