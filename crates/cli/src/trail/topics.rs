//! Topics, all partitions side by side in the order of time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use openmds_kafka::{Connector, EventReader, KafkaError, OffsetAt, ReadRecord};

use super::KafkaFlags;
use crate::Failure;

/// A broker that answers so often without a record where there are some has none for us.
const FRUITLESS: u32 = 100;

/// Where reading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the first record that is still there.
    Beginning,
    /// At the first record that is not older, milliseconds since 1970.
    Since(i64),
    /// So many records before the end.
    Last(i64),
}

/// A partition that is being read.
#[derive(Debug)]
pub(crate) struct Cursor {
    pub(crate) topic: String,
    pub(crate) partition: i32,
    /// The first offset that is still there.
    pub(crate) earliest: i64,
    /// Where reading began.
    pub(crate) start: i64,
    /// Where it goes on.
    pub(crate) next: i64,
    /// Where it ends.
    pub(crate) end: i64,
    buffer: VecDeque<ReadRecord>,
    fruitless: u32,
}

impl Cursor {
    /// `topic-0`.
    pub(crate) fn name(&self) -> String {
        format!("{}-{}", self.topic, self.partition)
    }

    /// Begins at that offset, or where the partition begins by now.
    pub(crate) fn begin_at(&mut self, offset: i64) {
        self.start = offset.max(self.earliest);
        self.next = self.start;
    }
}

/// Reads the partitions of some topics as they were when it was opened.
pub(crate) struct Topics {
    reader: Arc<dyn EventReader>,
    pub(crate) cursors: Vec<Cursor>,
}

/// A record, and the index of the cursor that it came from.
pub(crate) struct Taken {
    pub(crate) cursor: usize,
    pub(crate) record: ReadRecord,
}

impl Topics {
    /// Finds the partitions and where they begin and end.
    pub(crate) async fn open(
        kafka: &dyn Connector,
        flags: &KafkaFlags,
        topics: &[String],
        start: Start,
    ) -> Result<Self, Failure> {
        let connection = flags.connection()?;
        let opened = async {
            let reader = kafka.connect_reader(&connection).await?;
            let mut cursors = Vec::new();
            for topic in topics {
                for partition in reader.partitions(topic).await? {
                    cursors.push(cursor(reader.as_ref(), topic, partition, start).await?);
                }
            }
            Ok(Self { reader, cursors })
        };
        opened.await.map_err(explained)
    }

    /// How many records there are to read.
    pub(crate) fn total(&self) -> u64 {
        let each = self
            .cursors
            .iter()
            .map(|cursor| cursor.end - cursor.next.min(cursor.end));
        each.map(|count| u64::try_from(count).unwrap_or(0)).sum()
    }

    /// Leaves out what was written at that time or later.
    pub(crate) async fn end_at(&mut self, ms: i64) -> Result<(), Failure> {
        for cursor in &mut self.cursors {
            let at = OffsetAt::Time(ms);
            let end = self
                .reader
                .offset(&cursor.topic, cursor.partition, at)
                .await;
            cursor.end = end.map_err(explained)?.min(cursor.end);
        }
        Ok(())
    }

    /// The oldest record that is left up to the end; `None`: there is none.
    pub(crate) async fn next(&mut self) -> Result<Option<Taken>, Failure> {
        for cursor in &mut self.cursors {
            while cursor.buffer.is_empty() && cursor.next < cursor.end {
                fill(self.reader.as_ref(), cursor).await?;
            }
        }
        Ok(self.oldest())
    }

    /// What has come since; may be nothing. Waits a moment for some.
    pub(crate) async fn poll(&mut self) -> Result<Option<Taken>, Failure> {
        if let Some(taken) = self.oldest() {
            return Ok(Some(taken));
        }
        for cursor in &mut self.cursors {
            cursor.end = i64::MAX;
            fill(self.reader.as_ref(), cursor).await?;
            cursor.fruitless = 0;
        }
        Ok(self.oldest())
    }

    fn oldest(&mut self) -> Option<Taken> {
        let first = |cursor: &Cursor| cursor.buffer.front().map(|record| record.timestamp_ms);
        let cursors = self.cursors.iter().enumerate();
        let times = cursors.filter_map(|(index, cursor)| Some((first(cursor)?, index)));
        let (_, index) = times.min()?;
        let cursor = self.cursors.get_mut(index)?;
        let record = cursor.buffer.pop_front()?;
        Some(Taken {
            cursor: index,
            record,
        })
    }

    /// How long each topic keeps records, milliseconds, where it says so and deletes for no other reason that is known.
    pub(crate) async fn retention(
        &self,
        kafka: &dyn Connector,
        flags: &KafkaFlags,
        topics: &[String],
    ) -> BTreeMap<String, i64> {
        let asked = async {
            let connection = flags.connection().ok()?;
            let admin = kafka.connect(&connection).await.ok()?;
            let described = admin.describe_topics(topics).await.ok();
            admin.close().await;
            described
        };
        // Without the right to see it, retention explains what it may.
        let described = asked.await.unwrap_or_default().into_iter();
        let kept = described.filter_map(|(name, topic)| match topic?.retention_ms? {
            // Never.
            ms if ms < 0 => Some((name, i64::MAX)),
            ms => Some((name, ms)),
        });
        kept.collect()
    }

    pub(crate) async fn close(&self) {
        self.reader.close().await;
    }
}

async fn cursor(
    reader: &dyn EventReader,
    topic: &str,
    partition: i32,
    start: Start,
) -> Result<Cursor, KafkaError> {
    let end = reader.offset(topic, partition, OffsetAt::Latest).await?;
    let earliest = reader.offset(topic, partition, OffsetAt::Earliest).await?;
    let start = match start {
        Start::Beginning => earliest,
        Start::Last(count) => end.saturating_sub(count).max(earliest),
        Start::Since(ms) => {
            let found = reader.offset(topic, partition, OffsetAt::Time(ms)).await?;
            found.max(earliest)
        }
    };
    Ok(Cursor {
        topic: topic.to_owned(),
        partition,
        earliest,
        start,
        next: start,
        end,
        buffer: VecDeque::new(),
        fruitless: 0,
    })
}

async fn fill(reader: &dyn EventReader, cursor: &mut Cursor) -> Result<(), Failure> {
    let read = reader
        .read(&cursor.topic, cursor.partition, cursor.next)
        .await;
    let read = read.map_err(explained)?;
    cursor.fruitless = if read.next > cursor.next {
        0
    } else {
        cursor.fruitless + 1
    };
    if cursor.fruitless > FRUITLESS {
        let (name, next, end) = (cursor.name(), cursor.next, cursor.end);
        return Err(Failure::new(format!(
            "{name} gives no record at offset {next}, although it has some up to {end}"
        ))
        .hint("A transaction may be open there: try again when its producer is done"));
    }
    cursor.next = read.next;
    let end = cursor.end;
    cursor.buffer.extend(
        read.records
            .into_iter()
            .filter(|record| record.offset < end),
    );
    Ok(())
}

/// What the cluster said, for a person who reads topics.
fn explained(error: KafkaError) -> Failure {
    match error {
        KafkaError::NotAuthorized {
            operation,
            resource,
            reason,
        } => Failure::new(format!("missing right: {operation} on {resource} ({reason})"))
            .hint("Grant Read and Describe on the audit topics to the principal of --command-config"),
        KafkaError::UnknownTopic { topic, address } => {
            Failure::new(format!("{address} knows no topic {topic}")).hint(
                "Name the topics that the audit log configuration has as destinations: openmds audit-log config describe",
            )
        }
        other => Failure::new(other.to_string()),
    }
}
