//! `openmds audit tail`

use std::collections::VecDeque;

use crate::interrupt::unless_interrupted;
use crate::trail::{Event, EventOutput, Filter, FilterFlags, KafkaFlags, Start, Taken, Topics};
use crate::{Failure, World};

/// Show the newest events of audit topics, and those that come
///
/// Reads as a consumer without a group: nothing is written to Kafka, and whoever reads slowly slows nobody. Without --follow it ends with
/// what is there.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit tail --bootstrap-server kafka:9092 --topic confluent-audit-log-events-denied --follow
  openmds audit tail --bootstrap-server kafka:9092 --topic confluent-audit-log-events --principal 'User:alice*' --decision deny --lines 50
  openmds audit tail --bootstrap-server kafka:9092 --topic confluent-audit-log-events --follow -o json")]
pub struct Tail {
    /// A topic that events are routed to; once for each
    #[arg(long, value_name = "TOPIC", required = true)]
    topic: Vec<String>,
    #[command(flatten)]
    kafka: KafkaFlags,
    #[command(flatten)]
    filter: FilterFlags,
    /// Look at so many of the newest records of each partition, and show what fits
    #[arg(long, value_name = "N", default_value_t = 10)]
    lines: u32,
    /// Go on with events that come, until you press Ctrl-C
    #[arg(short, long)]
    follow: bool,
    #[command(flatten)]
    output: EventOutput,
}

impl Tail {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let filter = self.filter.filter(&[])?;
        let start = Start::Last(i64::from(self.lines));
        let shown = unless_interrupted(async {
            let mut topics =
                Topics::open(world.kafka.as_ref(), &self.kafka, &self.topic, start).await?;
            let mut newest = VecDeque::new();
            while let Some(taken) = topics.next().await? {
                newest.extend(self.shown(world, &filter, &taken));
                if newest.len() > usize::try_from(self.lines).unwrap_or(usize::MAX) {
                    newest.pop_front();
                }
            }
            for line in newest {
                if !world.printer.line(&line)? {
                    return Ok(());
                }
            }
            if !self.follow {
                topics.close().await;
                return Ok(());
            }
            loop {
                let Some(taken) = topics.poll().await? else {
                    continue;
                };
                if let Some(line) = self.shown(world, &filter, &taken)
                    && !world.printer.line(&line)?
                {
                    break;
                }
            }
            topics.close().await;
            Ok(())
        });
        shown.await.unwrap_or(Ok(()))
    }

    fn shown(&self, world: &World, filter: &Filter, taken: &Taken) -> Option<String> {
        let raw = &taken.record.value;
        let event = Event::read(raw).filter(|event| filter.wants(event))?;
        Some(
            self.output
                .line(&event, raw, world.printer.has_colored_data()),
        )
    }
}
