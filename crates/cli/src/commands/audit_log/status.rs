//! `openmds audit-log status`

use std::time::Duration;

use openmds_api::{AuditStatus, ClusterStatus};

use super::{ask, warn};
use crate::http::Request;
use crate::server::Server;
use crate::{Connection, Failure, Output, World};

/// Show which cluster and node has applied which version of the audit log configuration
///
/// A node is `applied` only if its own answer showed the document byte for byte; the age says how long ago that was. A node that
/// cannot be asked is `unknown`. Once somebody has written a companion, a second table shows the same of it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log status
  openmds audit-log status --watch
  openmds audit-log status -o json")]
pub struct Status {
    /// Show it again every second until Ctrl-C
    #[arg(short, long)]
    watch: bool,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

const INTERVAL: Duration = Duration::from_secs(1);

impl Status {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        if self.watch {
            watch(world, &mut server, self.output).await
        } else {
            status(world, &mut server, self.output).await
        }
    }
}

async fn status(world: &mut World, server: &mut Server, output: Output) -> Result<(), Failure> {
    let answer = ask(server, &Request::get(&["audit", "status"])?).await?;
    world.printer.start_over()?;
    if let Some(form) = output.structured() {
        return world.printer.document(form, &answer);
    }
    let fleet: AuditStatus = answer.json()?;
    warn(world, &answer, "configuration");
    world.printer.warnings(&fleet.warnings);
    world.printer.data(&headline(&fleet))?;
    table(world, &fleet.clusters)?;
    let Some(companion) = &fleet.companion else {
        return Ok(());
    };
    world.printer.data(&format!(
        "\nCompanion: version {} of {}\n\n",
        companion.resource_version, companion.updated_at
    ))?;
    table(world, &companion.clusters)
}

fn table(world: &mut World, clusters: &[ClusterStatus]) -> Result<(), Failure> {
    let heading = [
        "Cluster", "Node", "Role", "State", "Version", "Age", "Error",
    ];
    let rows: Vec<_> = clusters.iter().flat_map(rows).collect();
    world.printer.table(&heading, &rows)
}

/// Shows the status until Ctrl-C. A server that is away for a while does not end it.
async fn watch(world: &mut World, server: &mut Server, output: Output) -> Result<(), Failure> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seen = false;
    loop {
        tokio::select! {
            _ = &mut interrupted => return Ok(()),
            _ = ticks.tick() => {}
        }
        let shown = tokio::select! {
            _ = &mut interrupted => return Ok(()),
            shown = status(world, server, output) => shown,
        };
        match shown {
            Ok(()) => seen = true,
            Err(failure) if seen => world.printer.failure(&failure),
            Err(failure) => return Err(failure),
        }
    }
}

fn headline(fleet: &AuditStatus) -> String {
    let mut lines = vec![match (&fleet.updated_at, fleet.state.as_str()) {
        (_, "default") => format!(
            "Configuration: built-in default (version {}); nothing is pushed before the first update",
            fleet.resource_version
        ),
        (Some(time), _) => format!(
            "Configuration: version {} of {time}",
            fleet.resource_version
        ),
        (None, _) => format!("Configuration: version {}", fleet.resource_version),
    }];
    let destination = &fleet.destination;
    let servers = if destination.bootstrap_servers.is_empty() {
        String::new()
    } else {
        format!("{} ", destination.bootstrap_servers.join(","))
    };
    let error = destination
        .error
        .as_ref()
        .map(|error| format!(": {error}"))
        .unwrap_or_default();
    lines.push(format!(
        "Destination: {servers}{}{error}",
        destination.state
    ));
    lines.push(String::new());
    lines.join("\n") + "\n"
}

/// A row for the cluster if it has something to say that its nodes do not, and one for each node.
fn rows(cluster: &ClusterStatus) -> Vec<Vec<String>> {
    let name = if cluster.cluster_name.is_empty() {
        &cluster.cluster_id
    } else {
        &cluster.cluster_name
    };
    let mut rows = Vec::new();
    let is_plain = cluster.state == "applied" && cluster.error.is_none() && !cluster.projected;
    if cluster.nodes.is_empty() || !is_plain {
        let projected = if cluster.projected { ", projected" } else { "" };
        let state = format!("{}{projected}", cluster.state);
        let error = cluster.error.as_deref().unwrap_or_default();
        let row = [name.as_str(), "all", "", &state, "", "", error];
        rows.push(row.map(str::to_owned).to_vec());
    }
    for node in &cluster.nodes {
        rows.push(vec![
            name.clone(),
            node.id.to_string(),
            node.role.clone(),
            node.state.clone(),
            short(node.resource_version.as_deref().unwrap_or("-")),
            node.age_ms.map_or("-".to_owned(), age),
            node.error.clone().unwrap_or_default(),
        ]);
    }
    rows
}

/// The beginning of a version is enough to compare by eye; `-o json` has all of it.
fn short(version: &str) -> String {
    version.chars().take(12).collect()
}

fn age(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}
