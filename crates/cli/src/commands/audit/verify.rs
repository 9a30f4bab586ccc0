//! `openmds audit verify`

use std::path::PathBuf;

use jiff::Timestamp;
use openmds_trail::verify::{
    Front, Limits, Report, Signatures, Source, SourceId, Verdict, Verifier,
};

use super::progress::Progress;
use super::verify_state::Saved;
use super::verify_words;
use crate::interrupt::unless_interrupted;
use crate::trail::{Authorities, KafkaFlags, Lines, Start, Topics, moment};
use crate::{Failure, Output, World};

/// Lines between two times that the state is kept.
const KEEP: u64 = 500_000;

/// Prove that an audit trail is complete and unchanged
///
/// Reads topics, or files with an exported event a line (gzip or not, - is standard input), and says for each emitter and each of its
/// starts (epochs): complete; or which numbers are missing, and whether a loss event, retention or nothing explains that; and which lines
/// were changed, inserted, swapped or copied elsewhere. Give all topics that events are routed to: the numbers of an emitter run through all of
/// them. With --ca the signed checkpoints are checked as well; without it somebody who may write to the topics could replace a whole epoch.
/// Nothing is written to Kafka, and no server is asked.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Exit codes: 0 everything is there and unchanged (what retention deleted or was not asked for aside), 1 something was found or could not
be read, 2 wrong usage.

Examples:
  openmds audit verify --bootstrap-server kafka:9092 --topic confluent-audit-log-events-allowed --topic confluent-audit-log-events-denied --ca enrollment-ca.pem
  openmds audit verify --bootstrap-server kafka:9092 --command-config client.properties --topic confluent-audit-log-events --since 7d
  openmds audit verify --topic confluent-audit-log-events --bootstrap-server kafka:9092 --state nightly.json -o json
  openmds audit verify export-1.jsonl.gz export-2.jsonl.gz fallback.log"
)]
pub struct Verify {
    /// Files with an event a line
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A topic that events are routed to; once for each
    #[arg(long, value_name = "TOPIC")]
    topic: Vec<String>,
    #[command(flatten)]
    kafka: KafkaFlags,
    /// Read topics from this time on: 2026-01-31, 2026-01-31T08:00:00Z, or 7d, 36h, 90m for so long ago
    #[arg(long, alias = "from", value_name = "TIME")]
    since: Option<String>,
    /// PEM file of the authority that certifies nodes (enrollment-ca.pem of the server): check the signatures of checkpoints
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// A certificate whose signatures do not count although the authority vouches for it, from TIME on if it is given
    #[arg(long, value_name = "SHA256[@TIME]", requires = "ca")]
    distrust: Vec<String>,
    /// Go on where the run ended that wrote this file, and write it anew
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl Verify {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        if self.files.is_empty() && self.topic.is_empty() {
            return Err(Failure::usage("nothing is named that could be verified")
                .hint("Add --topic TOPIC --bootstrap-server HOST:PORT, or the paths of exported files"));
        }
        let now = Timestamp::now();
        let since = self
            .since
            .as_deref()
            .map(|text| moment(text, now).map_err(Failure::usage));
        let since = since.transpose()?;
        let mut run = Run {
            verifier: Verifier::new(Limits::default(), None),
            saved: Saved::default(),
            is_watched: world.printer.is_watched(),
        };
        if let Some(path) = self.state.as_deref().filter(|path| path.exists()) {
            run.saved = Saved::read(path)?;
        }
        run.verifier = run
            .saved
            .verifier(path_or_new(self.state.as_deref()), self.signatures()?)?;
        let read = unless_interrupted(async {
            run.files(&self.files, self.state.as_deref())?;
            run.topics(world, &self, since, now).await
        });
        let outcome = read.await;
        if let Some(path) = &self.state {
            run.saved.write(path, &run.verifier)?;
        }
        outcome.unwrap_or_else(|| Err(self.interrupted()))?;
        // Files end somewhere; topics were read up to this moment.
        let until = self.files.is_empty().then(|| now.as_millisecond());
        self.tell(world, &run.verifier.finish(until))
    }

    fn signatures(&self) -> Result<Option<Box<dyn Signatures + Send>>, Failure> {
        let Some(path) = &self.ca else {
            return Ok(None);
        };
        Ok(Some(Box::new(Authorities::read(path, &self.distrust)?)))
    }

    fn interrupted(&self) -> Failure {
        let failure = Failure::new("interrupted before everything was read");
        failure.hint(match &self.state {
            Some(path) => format!(
                "Repeat the command with --state {} to go on",
                path.display()
            ),
            None => "Add --state FILE to be able to go on".to_owned(),
        })
    }

    fn tell(&self, world: &mut World, report: &Report) -> Result<(), Failure> {
        match self.output.structured() {
            Some(form) => world.printer.value(form, report)?,
            None => {
                let (heading, rows) = verify_words::epochs(report);
                world.printer.table(&heading, &rows)?;
                let (heading, rows) = verify_words::findings(report);
                if !rows.is_empty() {
                    world.printer.data("")?;
                    world.printer.table(&heading, &rows)?;
                }
            }
        }
        if self.ca.is_none() && !report.epochs.is_empty() {
            world.printer.notice(
                "Signatures were not checked: add --ca FILE, or a whole epoch could be a forgery.",
            );
        }
        match report.verdict {
            Verdict::Complete if report.epochs.is_empty() => Err(Failure::new(
                "there is no event with a number in what was read",
            )
            .hint("Is it the right topic, and do the brokers run a release that numbers events?")),
            Verdict::Complete => {
                world.printer.notice("Complete.");
                Ok(())
            }
            Verdict::Incomplete => Err(verify_words::failure("the trail is not complete", report)),
            Verdict::Tampered => Err(verify_words::failure(
                "the trail is not the one that was written",
                report,
            )),
        }
    }
}

fn path_or_new(path: Option<&std::path::Path>) -> String {
    path.map_or_else(String::new, |path| path.display().to_string())
}

/// What a run works on.
struct Run {
    verifier: Verifier,
    saved: Saved,
    is_watched: bool,
}

impl Run {
    fn files(&mut self, files: &[PathBuf], state: Option<&std::path::Path>) -> Result<(), Failure> {
        let mut progress = Progress::new(self.is_watched, None);
        let mut line = Vec::new();
        for path in files {
            let name = path.display().to_string();
            let source = self.verifier.source(Source {
                name: name.clone(),
                topic: None,
                front: Front::Whole,
            });
            let read_before = self.saved.next(&name).unwrap_or(1);
            let mut lines = Lines::open(path)?;
            while let Some(number) = lines.next(&mut line)? {
                if i64::try_from(number).unwrap_or(i64::MAX) < read_before {
                    continue;
                }
                self.take(source, number, &line, &name, state)?;
                progress.step();
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        source: SourceId,
        position: u64,
        line: &[u8],
        name: &str,
        state: Option<&std::path::Path>,
    ) -> Result<(), Failure> {
        self.verifier.take(source, position, line);
        let next = i64::try_from(position)
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        self.saved.set(name, next);
        match state {
            Some(path) if self.verifier.lines().is_multiple_of(KEEP) => {
                self.saved.write(path, &self.verifier)
            }
            _ => Ok(()),
        }
    }

    async fn topics(
        &mut self,
        world: &World,
        flags: &Verify,
        since: Option<i64>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if flags.topic.is_empty() {
            return Ok(());
        }
        let start = since.map_or(Start::Beginning, Start::Since);
        let mut topics =
            Topics::open(world.kafka.as_ref(), &flags.kafka, &flags.topic, start).await?;
        let retention = topics
            .retention(world.kafka.as_ref(), &flags.kafka, &flags.topic)
            .await;
        let mut sources = Vec::new();
        for cursor in &mut topics.cursors {
            let name = cursor.name();
            let read_before = self.saved.next(&name);
            if let Some(next) = read_before {
                if next > cursor.end {
                    let (from, end) = (next, cursor.end);
                    return Err(Failure::new(format!("{name} ends at offset {end}, but was read up to {from} before"))
                        .hint("The topic was made anew, or lost records: keep the state file as evidence, and verify again without --state"));
                }
                cursor.begin_at(next);
            }
            let kept = retention.get(&cursor.topic).copied();
            let youngest_ms = kept.and_then(|kept| now.as_millisecond().checked_sub(kept));
            let front = match since {
                _ if read_before.is_some_and(|next| next >= cursor.earliest) => Front::Whole,
                Some(from_ms) if cursor.start > cursor.earliest => Front::Since { from_ms },
                _ if cursor.earliest > 0 => Front::Deleted { youngest_ms },
                _ => Front::Whole,
            };
            sources.push((
                name.clone(),
                self.verifier.source(Source {
                    name,
                    topic: Some(cursor.topic.clone()),
                    front,
                }),
            ));
        }
        let mut progress = Progress::new(self.is_watched, Some(topics.total()));
        while let Some(taken) = topics.next().await? {
            if let Some((name, source)) = sources.get(taken.cursor) {
                let offset = u64::try_from(taken.record.offset).unwrap_or(0);
                let state = flags.state.as_deref();
                self.take(*source, offset, &taken.record.value, name, state)?;
            }
            if progress.step() {
                // An interruption is looked at in between.
                tokio::task::yield_now().await;
            }
        }
        topics.close().await;
        Ok(())
    }
}
