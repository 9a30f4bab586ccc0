//! `openmds audit search`

use jiff::Timestamp;

use super::progress::Progress;
use crate::interrupt::unless_interrupted;
use crate::trail::{Event, EventOutput, FilterFlags, KafkaFlags, Start, Topics, moment};
use crate::{Failure, World};

/// Records are written a little later than what they tell of happened; after a failure of the destination, much later.
const LATER_MS: i64 = 6 * 3_600_000;

/// Find events in audit topics
///
/// All conditions must hold; of a flag that is repeated, any. Events that were kept back while the destination was away are found if they
/// arrived within six hours.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Conditions: FIELD=VALUE or FIELD!=VALUE, where * stands for any text and FIELD is principal, resource, method, operation, decision,
cluster, client or type.

Examples:
  openmds audit search --bootstrap-server kafka:9092 --topic confluent-audit-log-events --since 2d --where decision=deny --where 'method!=kafka.Fetch'
  openmds audit search --bootstrap-server kafka:9092 --topic confluent-audit-log-events --since 2026-01-31 --until 2026-02-01 --principal User:alice
  openmds audit search --bootstrap-server kafka:9092 --topic confluent-audit-log-events --since 7d --resource orders* -o json > orders.jsonl"
)]
pub struct Search {
    /// A topic that events are routed to; once for each
    #[arg(long, value_name = "TOPIC", required = true)]
    topic: Vec<String>,
    #[command(flatten)]
    kafka: KafkaFlags,
    /// Events from this time on: 2026-01-31, 2026-01-31T08:00:00Z, or 7d, 36h, 90m for so long ago
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Events before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// A condition; once for each
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<String>,
    #[command(flatten)]
    filter: FilterFlags,
    #[command(flatten)]
    output: EventOutput,
}

impl Search {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let now = Timestamp::now();
        let time = |text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| moment(text, now).map_err(Failure::usage))
                .transpose()
        };
        let (since, until) = (time(&self.since)?, time(&self.until)?);
        if since
            .zip(until)
            .is_some_and(|(since, until)| since >= until)
        {
            return Err(Failure::usage("--until is not later than --since"));
        }
        let filter = self.filter.filter(&self.conditions)?;
        let start = since.map_or(Start::Beginning, Start::Since);
        let searched = unless_interrupted(async {
            let kafka = world.kafka.clone();
            let mut topics = Topics::open(kafka.as_ref(), &self.kafka, &self.topic, start).await?;
            if let Some(until) = until {
                topics.end_at(until.saturating_add(LATER_MS)).await?;
            }
            let mut progress = Progress::new(world.printer.is_watched(), Some(topics.total()));
            let (mut found, mut read, mut other) = (0_u64, 0_u64, 0_u64);
            while let Some(taken) = topics.next().await? {
                if progress.step() {
                    // An interruption is looked at in between.
                    tokio::task::yield_now().await;
                }
                read += 1;
                let raw = &taken.record.value;
                let Some(event) = Event::read(raw) else {
                    other += 1;
                    continue;
                };
                let ms = event.time_ms().unwrap_or(taken.record.timestamp_ms);
                let is_within =
                    since.is_none_or(|since| ms >= since) && until.is_none_or(|until| ms < until);
                if !is_within || !filter.wants(&event) {
                    continue;
                }
                found += 1;
                let colors = world.printer.has_colored_data();
                if !world.printer.line(&self.output.line(&event, raw, colors))? {
                    break;
                }
            }
            topics.close().await;
            Ok((found, read, other))
        });
        let Some(searched) = searched.await else {
            return Err(Failure::new("interrupted before everything was read"));
        };
        let (found, read, other) = searched?;
        world
            .printer
            .notice(&format!("Found {found} in {read} records."));
        if other > 0 {
            world
                .printer
                .warning(&format!("{other} of the records are no events"));
        }
        Ok(())
    }
}
