//! The story of centralized audit logs, told with the project's own command line and Kafka's tools.

mod clients;
mod document;
mod latency;
mod table;
mod terminal;

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use self::terminal::Terminal;
use crate::events::{EventStream, Expected};
use crate::node_config::AUTHORIZER;
use crate::playground::Playground;
use crate::progress::say;
use crate::server_config::SUPER_USER;
use crate::shape::{LOGS, Listener};
use crate::status;

pub use document::{ALLOWED_TOPIC, DEFAULT_TOPIC, DENIED_TOPIC, RETENTION_MS};

/// How long every node may take to apply a document.
const APPLIED_BOUND: Duration = Duration::from_secs(20);

/// How long an event may take from the client's request to the destination.
const EVENT_BOUND: Duration = Duration::from_secs(20);

/// What the story claims; [`crate::check`] looks at it from outside.
#[derive(Debug)]
pub struct Told {
    /// The document that `describe` shows at the end.
    pub document: Value,
    /// The events that must lie in the destination.
    pub expected: Vec<Expected>,
    /// Median time from a `PUT` to the moment when every node had applied it.
    pub median: Duration,
}

/// Tells it on a playground that has just been started.
pub fn tell(playground: &Playground) -> Result<Told> {
    let terminal = Terminal::new(playground);
    register(playground, terminal)?;
    ask_and_be_granted(terminal)?;
    update(playground, terminal)?;
    terminal.heading("Clients of payments, allowed and denied");
    let expected = clients::act(playground, terminal)?;
    show_events(playground, terminal, &expected)?;
    terminal.heading("How fast a change is in force");
    let median = latency::measure(playground)?;
    say(format_args!(
        "PUT to applied on every node of every cluster: median {} ms of {} updates",
        median.as_millis(),
        latency::UPDATES
    ));
    let document = described(playground)?;
    Ok(Told {
        document,
        expected,
        median,
    })
}

fn register(playground: &Playground, terminal: Terminal<'_>) -> Result<()> {
    terminal.heading("Register the clusters, the server's own first");
    must(
        terminal.log_in(SUPER_USER, "OPENMDS_SUPER_PASSWORD")?,
        "log in",
    )?;
    let running = playground.clusters().iter();
    for cluster in running.filter(|cluster| !cluster.is_standby()) {
        let shape = cluster.plan().shape()?;
        let ran = terminal.openmds(&[
            "cluster",
            "register",
            "--cluster-name",
            cluster.name(),
            "--kafka-cluster",
            cluster.id(),
            "--hosts",
            &cluster.token_bootstrap(),
            "--protocol",
            shape.protocol(Listener::Token),
        ])?;
        must(ran, "register a cluster")?;
    }
    must(terminal.openmds(&["cluster", "list"])?, "list clusters")
}

/// The refusal names the commands that help; exactly those are run.
fn ask_and_be_granted(terminal: Terminal<'_>) -> Result<()> {
    terminal.heading("alice asks for the audit log configuration");
    must(terminal.log_in("alice", "ALICE_PASSWORD")?, "log in")?;
    let refused = terminal.openmds(&["audit-log", "config", "describe"])?;
    if refused.succeeded() {
        terminal.remark("alice was granted the role in an earlier run; --fresh starts over");
        return Ok(());
    }
    let commands = fixing_commands(&refused.stderr);
    ensure!(
        refused.stderr.contains("403") && !commands.is_empty(),
        "alice should have been refused with the commands that help, but was told: {}",
        refused.said()
    );
    terminal.heading("Who may grant rights runs the commands that the refusal printed");
    must(
        terminal.log_in(SUPER_USER, "OPENMDS_SUPER_PASSWORD")?,
        "log in",
    )?;
    for command in commands {
        let args: Vec<&str> = command.split_whitespace().skip(1).collect();
        must(terminal.openmds(&args)?, "grant the role")?;
    }
    must(terminal.log_in("alice", "ALICE_PASSWORD")?, "log in")
}

/// The lines of a refusal that are commands.
pub fn fixing_commands(refusal: &str) -> Vec<&str> {
    refusal
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("openmds iam rbac role-binding create "))
        .collect()
}

fn update(playground: &Playground, terminal: Terminal<'_>) -> Result<()> {
    terminal.heading("alice changes the configuration of all clusters at once");
    let before = terminal.openmds(&["audit-log", "config", "describe"])?;
    ensure!(before.succeeded(), "describe failed: {}", before.said());
    let edited = document::edited(&before.stdout, playground.blueprint())?;
    let directory = playground.layout().story();
    fs::create_dir_all(&directory)?;
    let file = directory.join("audit-log-config.json");
    fs::write(&file, format!("{edited:#}\n"))?;
    terminal.remark(&format!(
        "edited into {}: destination logs, one route for topics of payments that begin with `orders`",
        file.display()
    ));
    let ran = terminal.openmds(&[
        "audit-log",
        "config",
        "update",
        "--file",
        &file.display().to_string(),
    ])?;
    must(ran, "update the configuration")?;
    status::wait_until_applied(playground, "alice", APPLIED_BOUND)?;
    must(
        terminal.openmds(&["audit-log", "status"])?,
        "see the status",
    )
}

fn show_events(
    playground: &Playground,
    terminal: Terminal<'_>,
    expected: &[Expected],
) -> Result<()> {
    terminal.heading("The audit events that arrived in logs");
    let mut all = Vec::new();
    let mut streams = Vec::new();
    for topic in [DEFAULT_TOPIC, ALLOWED_TOPIC, DENIED_TOPIC] {
        streams.push((topic, EventStream::open(playground, LOGS.name, topic)?));
    }
    for (topic, stream) in &mut streams {
        for event in expected.iter().filter(|event| event.topic == *topic) {
            stream
                .wait_for(EVENT_BOUND, |found| event.matches(found))
                .with_context(|| format!("missing: {event} (is {AUTHORIZER} at work?)"))?;
        }
        all.extend_from_slice(stream.drain(Duration::from_millis(300))?);
    }
    say(table::of(&all, playground.blueprint()));
    say(format_args!("{} events in all", all.len()));
    Ok(())
}

fn described(playground: &Playground) -> Result<Value> {
    let ran = playground.cli("alice", &["audit-log", "config", "describe"])?;
    ensure!(ran.succeeded(), "describe failed: {}", ran.said());
    serde_json::from_str(&ran.stdout).context("`describe` printed no JSON")
}

fn must(ran: crate::cli::Ran, what: &str) -> Result<()> {
    ensure!(ran.succeeded(), "could not {what}: {}", ran.said());
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_commands_of_a_refusal_are_run() {
        let refusal = "Error: 403 Forbidden\nUser:alice not permitted to DescribeConfigs on one or more clusters. Fix it:\n\
                       openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster a\n";
        assert_eq!(
            super::fixing_commands(refusal),
            [
                "openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster a"
            ]
        );
    }
}
