//! `openmds audit unused`

use std::collections::BTreeSet;

use jiff::Timestamp;
use openmds_policy::audit::{Document, Form};
use openmds_policy::names::{PatternType, ResourcePattern};
use serde::Serialize;

use super::progress::Progress;
use super::unused_bindings::{Binding, Bindings};
use super::unused_coverage::Coverage;
use crate::commands::migrate::held;
use crate::http::{Request, refusal};
use crate::interrupt::unless_interrupted;
use crate::server::Server;
use crate::trail::{Event, KafkaFlags, Start, Topics, moment};
use crate::{Connection, Failure, Output, World};

/// List role bindings that no recorded event needed
///
/// Reads the events of a period and compares them with the role bindings that the server holds for one Kafka cluster. A binding of which
/// no event says that it decided is listed, with what the audit log configuration in force leaves unrecorded of it: where something stands there, nothing
/// shows that the binding is not needed. Nothing is changed.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Only a binding with nothing under Not Recorded is known to be unused, and only for the period that is printed: let the command
audit verify tell whether events of that period are missing, and think of work that is done once a quarter.

Examples:
  openmds audit unused --kafka-cluster DBS26_qTQ-mT23p5opUK_g --since 90d --bootstrap-server kafka:9092 --topic confluent-audit-log-events-allowed
  openmds audit unused --kafka-cluster DBS26_qTQ-mT23p5opUK_g --bootstrap-server kafka:9092 --topic confluent-audit-log-events -o json"
)]
pub struct Unused {
    /// Id of the Kafka cluster whose bindings are looked at
    #[arg(long, value_name = "ID")]
    kafka_cluster: String,
    /// A topic that allowed decisions are routed to; once for each
    #[arg(long, value_name = "TOPIC", required = true)]
    topic: Vec<String>,
    #[command(flatten)]
    kafka: KafkaFlags,
    /// Events from this time on: 2026-01-31, 2026-01-31T08:00:00Z, or 7d, 36h, 90m for so long ago
    #[arg(long, value_name = "TIME", default_value = "30d")]
    since: String,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Shown {
    cluster_id: String,
    from: String,
    to: String,
    events: u64,
    needed: usize,
    unused: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    principal: String,
    role: String,
    resource_type: String,
    name: String,
    pattern_type: String,
    /// What the audit log configuration leaves out: categories, `excluded principal`.
    not_recorded: Vec<String>,
}

/// What was read.
#[derive(Default)]
struct Seen {
    events: u64,
    earliest_ms: Option<i64>,
    /// How the cluster's events name it.
    source: Option<String>,
}

impl Unused {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let now = Timestamp::now();
        let since = moment(&self.since, now).map_err(Failure::usage)?;
        let mut server = world.server(self.connection.clone()).await?;
        let rules = held(&mut server, &self.kafka_cluster).await?;
        let document = document(&mut server).await?;
        let mut bindings = Bindings::new(&rules.bindings);
        let read = unless_interrupted(self.read(world, since, &mut bindings));
        let Some(read) = read.await else {
            return Err(Failure::new("interrupted before everything was read"));
        };
        let seen = read?;
        let base = seen.source.clone();
        let base = base.unwrap_or_else(|| format!("crn:///kafka={}", self.kafka_cluster));
        let topics: BTreeSet<&str> = self.topic.iter().map(String::as_str).collect();
        let coverage = Coverage::new(&document, &base, &topics);
        // Nothing is known of the time before the first event that is still there.
        let from = seen
            .earliest_ms
            .map_or(now.as_millisecond(), |ms| ms.max(since));
        let unused = bindings.unused();
        let shown = Shown {
            cluster_id: self.kafka_cluster.clone(),
            from: time(from),
            to: time(now.as_millisecond()),
            events: seen.events,
            needed: bindings.count() - unused.len(),
            unused: unused.into_iter().map(|one| row(one, &coverage)).collect(),
        };
        self.tell(world, &shown, since, from)
    }

    async fn read(
        &self,
        world: &World,
        since: i64,
        bindings: &mut Bindings<'_>,
    ) -> Result<Seen, Failure> {
        let kafka = world.kafka.clone();
        let start = Start::Since(since);
        let mut topics = Topics::open(kafka.as_ref(), &self.kafka, &self.topic, start).await?;
        let mut progress = Progress::new(world.printer.is_watched(), Some(topics.total()));
        let mut seen = Seen::default();
        while let Some(taken) = topics.next().await? {
            if progress.step() {
                // An interruption is looked at in between.
                tokio::task::yield_now().await;
            }
            let Some(event) = Event::read(&taken.record.value) else {
                continue;
            };
            let ms = event.time_ms().unwrap_or(taken.record.timestamp_ms);
            if ms < since {
                continue;
            }
            seen.events += 1;
            seen.earliest_ms = Some(seen.earliest_ms.map_or(ms, |earliest| earliest.min(ms)));
            if seen.source.is_none()
                && event
                    .source
                    .ends_with(&format!("/kafka={}", self.kafka_cluster))
            {
                seen.source = Some(event.source.to_string());
            }
            bindings.note(&event, &self.kafka_cluster);
        }
        topics.close().await;
        Ok(seen)
    }

    fn tell(&self, world: &mut World, shown: &Shown, since: i64, from: i64) -> Result<(), Failure> {
        match self.output.structured() {
            Some(form) => world.printer.value(form, shown)?,
            None => {
                let heading = ["Principal", "Role", "Resource", "Not Recorded"];
                let rows: Vec<_> = shown.unused.iter().map(cells).collect();
                world.printer.table(&heading, &rows)?;
            }
        }
        let (count, needed, events) = (shown.unused.len(), shown.needed, shown.events);
        world.printer.notice(&format!(
            "{count} bindings were not needed by any of {events} events from {} to {}, {needed} were.",
            shown.from, shown.to
        ));
        if events == 0 {
            world.printer.warning("no event was read, so nothing is known: are these the topics of allowed decisions?");
        } else if from > since.saturating_add(86_400_000) {
            world.printer.warning(&format!(
                "the first event is of {}; what was needed before that is not known",
                shown.from
            ));
        }
        let open = shown
            .unused
            .iter()
            .filter(|row| !row.not_recorded.is_empty())
            .count();
        if open > 0 {
            world.printer.warning(&format!(
                "the audit log configuration does not record all uses of {open} of them: that there is no event shows nothing there"
            ));
        }
        Ok(())
    }
}

async fn document(server: &mut Server) -> Result<Document, Failure> {
    let answer = server.send(&Request::get(&["audit", "config"])?).await?;
    if !answer.status.is_success() {
        return Err(refusal::general(&answer));
    }
    let parsed = Document::parse(answer.json_text()?, Form::Property);
    let parsed = parsed.map_err(|_| {
        Failure::new("the server's audit log configuration cannot be read")
            .hint("Check it: openmds audit-log config lint")
    })?;
    Ok(parsed.document)
}

fn row(binding: &Binding<'_>, coverage: &Coverage<'_>) -> Row {
    let pattern = binding.pattern;
    let of = |text: fn(&ResourcePattern) -> String| pattern.map(text).unwrap_or_default();
    Row {
        principal: binding.principal.to_string(),
        role: binding.role.to_owned(),
        resource_type: pattern
            .map_or_else(|| "Cluster".to_owned(), |one| one.resource_type.clone()),
        name: of(|one| one.name.clone()),
        pattern_type: of(|one| match one.pattern_type {
            PatternType::Literal => "LITERAL".to_owned(),
            PatternType::Prefixed => "PREFIXED".to_owned(),
        }),
        not_recorded: coverage.not_recorded(binding),
    }
}

fn cells(row: &Row) -> Vec<String> {
    let star = if row.pattern_type == "PREFIXED" {
        "*"
    } else {
        ""
    };
    vec![
        row.principal.clone(),
        row.role.clone(),
        format!("{} {}{star}", row.resource_type, row.name)
            .trim_end()
            .to_owned(),
        row.not_recorded.join(", "),
    ]
}

fn time(ms: i64) -> String {
    let time = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{time:.0}")
}
