//! The destination cluster: its topics and their retention.

mod line;
mod seen;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use openmds_api::DestinationStatus;
use openmds_kafka::{Admin, Connection, Connector, HostPort, KafkaError, TopicDescription};
use openmds_policy::audit::Document;
use openmds_policy::plan::{TopicStep, plan_topics};

use super::AppError;
use crate::config::DestinationAdmin;
use line::{Line, list};
use seen::Seen;

/// How long a reader waits for live retention (`rulings.md` 8).
const READING: Duration = Duration::from_secs(3);

/// How long a writer waits until all topics are in place.
const WRITING: Duration = Duration::from_secs(15);

/// What the document says of a topic that keeps its records for ever: it knows no -1.
const UNLIMITED: u64 = i64::MAX as u64;

/// The destination cluster's topics, through an admin client of its own or the home cluster's.
pub struct Destination {
    line: Line,
    seen: Seen,
}

impl Destination {
    /// A destination that is reached with these settings; `home` serves if they are empty.
    #[must_use]
    pub fn new(
        connector: Arc<dyn Connector>,
        settings: DestinationAdmin,
        home: Connection,
    ) -> Self {
        Self {
            line: Line::new(connector, settings, home),
            seen: Seen::default(),
        }
    }

    /// What opens connections.
    #[must_use]
    pub fn connector(&self) -> Arc<dyn Connector> {
        self.line.connector()
    }

    /// The live retention, milliseconds, of those of the document's topics that exist.
    pub async fn live_retention(
        &self,
        document: &Document,
    ) -> Result<BTreeMap<String, u64>, AppError> {
        let servers = self.line.servers(document);
        let names = document.topic_names();
        let read = |admin: Arc<dyn Admin>| async move { admin.describe_topics(&names).await };
        let topics = self.line.within(READING, &servers, read).await;
        let live = topics.map(|topics| topics.into_iter().filter_map(retention).collect());
        self.seen.note(&servers, live.as_ref());
        live.map_err(|error| {
            let what = "read the retention of the destination topics";
            self.explained(&servers, what, &error)
        })
    }

    /// The retention that the document's destination last showed, for a writer who cannot wait for
    /// a destination that is away.
    #[must_use]
    pub fn last_retention(&self, document: &Document) -> BTreeMap<String, u64> {
        self.seen.retention(&self.line.servers(document))
    }

    /// Creates missing topics with the destination's own defaults and sets retention where it
    /// differs. Deletes nothing.
    pub async fn prepare(&self, document: &Document) -> Result<(), AppError> {
        let servers = self.line.servers(document);
        let desired: BTreeMap<String, u64> = document
            .topics()
            .iter()
            .filter_map(|(topic, retention)| Some((topic.to_string(), (*retention)?)))
            .collect();
        let shown = desired.clone();
        let work = |admin: Arc<dyn Admin>| async move { apply(&*admin, &desired).await };
        let result = self.line.within(WRITING, &servers, work).await;
        // A new destination that fails does not come into force, so nothing is known of it.
        if result.is_ok() || self.seen.is_about(&servers) {
            self.seen.note(&servers, result.as_ref().map(|()| &shown));
        }
        result.map_err(|error| self.explained(&servers, "prepare the destination topics", &error))
    }

    /// What the destination last said, for the status answer.
    #[must_use]
    pub fn status(&self, document: &Document) -> DestinationStatus {
        let servers = self.line.servers(document);
        let (state, error) = match self.seen.outcome(&servers) {
            None => ("not used yet", None),
            Some(Ok(())) => ("ok", None),
            Some(Err(error)) => ("failed", Some(error)),
        };
        DestinationStatus {
            bootstrap_servers: servers.iter().map(ToString::to_string).collect(),
            state: state.to_string(),
            error,
        }
    }

    fn explained(&self, servers: &[HostPort], what: &str, error: &KafkaError) -> AppError {
        let check = if self.line.has_own_settings() {
            "confluent.security.event.logger.destination.admin.*"
        } else {
            "confluent.metadata.* (no confluent.security.event.logger.destination.admin.* is configured)"
        };
        AppError::unavailable(format!(
            "cannot {what} on the destination cluster {}: {error}\nCheck {check}, and that this principal owns the topics \
             that begin with confluent-audit-log-events there",
            list(servers)
        ))
    }
}

/// A topic that exists, with its retention if the destination tells it.
fn retention((name, topic): (String, Option<TopicDescription>)) -> Option<(String, u64)> {
    let live = topic?.retention_ms?;
    Some((name, u64::try_from(live).unwrap_or(UNLIMITED)))
}

async fn apply(admin: &dyn Admin, desired: &BTreeMap<String, u64>) -> Result<(), KafkaError> {
    let names: Vec<String> = desired.keys().cloned().collect();
    let observed = admin.describe_topics(&names).await?;
    let observed = observed
        .into_iter()
        .map(|(name, topic)| (name, topic.map(|topic| topic.retention_ms)))
        .collect();
    for step in plan_topics(desired, &observed) {
        match step {
            TopicStep::Create {
                topic,
                retention_ms,
            } => admin.create_topic(&topic, retention_ms).await?,
            TopicStep::SetRetention {
                topic,
                retention_ms,
            } => admin.set_topic_retention(&topic, retention_ms).await?,
        }
    }
    Ok(())
}
