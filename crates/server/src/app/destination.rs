//! The destination cluster: its topics and their retention.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openmds_api::DestinationStatus;
use openmds_kafka::{Admin, Connection, Connector, HostPort, KafkaError};
use openmds_policy::audit::Document;
use openmds_policy::plan::{TopicStep, plan_topics};

use super::AppError;
use crate::config::DestinationAdmin;

/// How long a reader waits for live retention (`rulings.md` 8).
const READING: Duration = Duration::from_secs(3);

/// How long a writer waits until all topics are in place.
const WRITING: Duration = Duration::from_secs(15);

/// The destination cluster's topics, through an admin client of its own or the home cluster's.
pub struct Destination {
    connector: Arc<dyn Connector>,
    settings: DestinationAdmin,
    home: Connection,
    open: tokio::sync::Mutex<Option<Open>>,
    seen: Mutex<Seen>,
}

/// An open connection, and the servers it was opened with.
type Open = (Vec<HostPort>, Arc<dyn Admin>);

/// What the destination last said.
#[derive(Default, Clone)]
struct Seen {
    servers: Vec<String>,
    retention: BTreeMap<String, u64>,
    outcome: Option<Result<(), String>>,
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
            connector,
            settings,
            home,
            open: tokio::sync::Mutex::new(None),
            seen: Mutex::default(),
        }
    }

    /// Where the document's events go: its own servers, else the configured fallback, else the
    /// home cluster (`audit-logs.md` 7.4, step 3).
    #[must_use]
    pub fn servers(&self, document: &Document) -> Vec<HostPort> {
        let named: Vec<HostPort> = document
            .bootstrap_servers()
            .iter()
            .filter_map(|server| server.parse().ok())
            .collect();
        match (named.is_empty(), self.settings.fallback.is_empty()) {
            (false, _) => named,
            (true, false) => self.settings.fallback.clone(),
            (true, true) => self.home.bootstrap.clone(),
        }
    }

    /// The live retention, milliseconds, of those of the document's topics that exist.
    pub async fn live_retention(
        &self,
        document: &Document,
    ) -> Result<BTreeMap<String, u64>, AppError> {
        let servers = self.servers(document);
        let names = document.topic_names();
        let result = self
            .within(READING, &servers, |admin| async move {
                admin.describe_topics(&names).await
            })
            .await;
        let retention = result.as_ref().map(|topics| {
            let live = |(name, topic): (&String, &Option<openmds_kafka::TopicDescription>)| {
                let retention = topic.as_ref()?.retention_ms?;
                Some((name.clone(), u64::try_from(retention).ok()?))
            };
            topics.iter().filter_map(live).collect::<BTreeMap<_, _>>()
        });
        self.remember(&servers, retention.as_ref().ok(), result.as_ref().err());
        retention.map_err(|error| {
            self.explained(
                &servers,
                "read the retention of the destination topics",
                error,
            )
        })
    }

    /// The retention last seen, for a writer who cannot wait for a destination that is away.
    #[must_use]
    pub fn last_retention(&self) -> BTreeMap<String, u64> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retention
            .clone()
    }

    /// Creates missing topics with the destination's own defaults and sets retention where it
    /// differs. Deletes nothing.
    pub async fn prepare(&self, document: &Document) -> Result<(), AppError> {
        let servers = self.servers(document);
        let desired: BTreeMap<String, u64> = document
            .topics()
            .iter()
            .filter_map(|(topic, retention)| Some((topic.to_string(), (*retention)?)))
            .collect();
        let applied = desired.clone();
        let result = self
            .within(WRITING, &servers, |admin| async move {
                apply(&*admin, &desired).await
            })
            .await;
        self.remember(
            &servers,
            result.is_ok().then_some(&applied),
            result.as_ref().err(),
        );
        result.map_err(|error| self.explained(&servers, "prepare the destination topics", &error))
    }

    /// What the destination last said, for the status answer.
    #[must_use]
    pub fn status(&self, document: &Document) -> DestinationStatus {
        let seen = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let servers: Vec<String> = self
            .servers(document)
            .iter()
            .map(ToString::to_string)
            .collect();
        let outcome = if seen.servers == servers {
            seen.outcome
        } else {
            None
        };
        let (state, error) = match outcome {
            None => ("not used yet", None),
            Some(Ok(())) => ("ok", None),
            Some(Err(error)) => ("failed", Some(error)),
        };
        DestinationStatus {
            bootstrap_servers: servers,
            state: state.to_string(),
            error,
        }
    }

    async fn within<T, W>(
        &self,
        limit: Duration,
        servers: &[HostPort],
        work: impl FnOnce(Arc<dyn Admin>) -> W,
    ) -> Result<T, KafkaError>
    where
        W: Future<Output = Result<T, KafkaError>>,
    {
        let all = async {
            let admin = self.admin(servers).await?;
            work(admin).await
        };
        let result = tokio::time::timeout(limit, all).await;
        let result = result.unwrap_or_else(|_| {
            Err(KafkaError::Timeout {
                what: format!("{} (within {} s)", join(servers), limit.as_secs()),
            })
        });
        if result.is_err() {
            self.open.lock().await.take();
        }
        result
    }

    async fn admin(&self, servers: &[HostPort]) -> Result<Arc<dyn Admin>, KafkaError> {
        let mut open = self.open.lock().await;
        if let Some((known, admin)) = &*open
            && known == servers
        {
            return Ok(Arc::clone(admin));
        }
        let connection = if self.settings.is_configured() {
            self.settings
                .connection(servers.to_vec())
                .map_err(|errors| KafkaError::Rejected {
                    what: "the destination admin's configuration".to_string(),
                    reason: errors
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join("; "),
                })?
        } else {
            Connection {
                bootstrap: servers.to_vec(),
                ..self.home.clone()
            }
        };
        let admin = self.connector.connect(&connection).await?;
        *open = Some((servers.to_vec(), Arc::clone(&admin)));
        Ok(admin)
    }

    fn remember(
        &self,
        servers: &[HostPort],
        retention: Option<&BTreeMap<String, u64>>,
        error: Option<&KafkaError>,
    ) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.servers = servers.iter().map(ToString::to_string).collect();
        seen.outcome = Some(error.map_or(Ok(()), |error| Err(error.to_string())));
        if let Some(retention) = retention {
            seen.retention.clone_from(retention);
        }
    }

    fn explained(&self, servers: &[HostPort], what: &str, error: &KafkaError) -> AppError {
        let check = if self.settings.is_configured() {
            "confluent.security.event.logger.destination.admin.*"
        } else {
            "confluent.metadata.* (no confluent.security.event.logger.destination.admin.* is configured)"
        };
        AppError::unavailable(format!(
            "cannot {what} on the destination cluster {}: {error}\nCheck {check}, and that this principal owns the topics \
             that begin with confluent-audit-log-events there",
            join(servers)
        ))
    }
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

fn join(servers: &[HostPort]) -> String {
    servers
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",")
}
