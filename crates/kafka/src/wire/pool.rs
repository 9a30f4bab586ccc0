//! The connections to one cluster, kept for reuse, and whom to ask next when one fails.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::api::Api;
use super::deadline::Deadline;
use super::session::{Session, greeting};
use super::tls::TlsClient;
use crate::{BrokerNode, Connection, HostPort, KafkaError};

/// One slot an address: empty while its session is in use, so that a call that is given up in the
/// middle takes the session with it instead of leaving half an answer to the next one.
type Slot = Arc<Mutex<Option<Session>>>;

/// Connections to the nodes of one cluster.
pub(super) struct Pool {
    connection: Connection,
    tls: Option<TlsClient>,
    slots: Mutex<BTreeMap<HostPort, Slot>>,
    members: Mutex<BTreeMap<i32, HostPort>>,
    answered_last: Mutex<Option<HostPort>>,
}

impl Pool {
    pub(super) fn new(connection: &Connection) -> Result<Self, KafkaError> {
        if connection.bootstrap.is_empty() {
            return Err(KafkaError::Unreachable {
                address: "the cluster".to_owned(),
                reason: "no address is configured; set bootstrap.servers".to_owned(),
            });
        }
        Ok(Self {
            tls: TlsClient::new(connection)?,
            connection: connection.clone(),
            slots: Mutex::default(),
            members: Mutex::default(),
            answered_last: Mutex::default(),
        })
    }

    /// The deadline of a call that begins now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::after(self.connection.timeout)
    }

    /// What one node of several may take of a call's time.
    pub(super) fn patience(&self, deadline: &Deadline) -> Deadline {
        deadline.at_most(self.connection.timeout / 3)
    }

    /// Asks one node. A connection that was kept and turns out to be lost is replaced once: all
    /// our requests may be repeated.
    pub(super) async fn call_at<R: Api>(
        &self,
        at: &HostPort,
        request: &R,
        deadline: &Deadline,
    ) -> Result<R::Answer, KafkaError> {
        let work = async {
            let slot = self
                .slots
                .lock()
                .await
                .entry(at.clone())
                .or_default()
                .clone();
            let mut slot = slot.lock().await;
            if let Some(mut session) = slot.take().filter(Session::is_valid) {
                match session.call(request, deadline).await {
                    Err(KafkaError::Unreachable { address, reason }) => {
                        tracing::debug!(address, reason, "connecting again");
                    }
                    answered => {
                        *slot = Some(session);
                        return answered;
                    }
                }
            }
            let tls = self.tls.as_ref();
            let mut session = Session::open(at, &self.connection, tls, deadline).await?;
            let answered = session.call(request, deadline).await;
            *slot = Some(session);
            answered
        };
        let missed = || deadline.missed(format!("{:?} at {at}", R::KEY));
        deadline.run(work).await.unwrap_or_else(|| Err(missed()))
    }

    /// Asks any node: the one that answered last, else the others in turn.
    ///
    /// One that does not answer costs at most a third of the time allowed.
    pub(super) async fn call_any<R: Api>(
        &self,
        request: &R,
        deadline: &Deadline,
    ) -> Result<(HostPort, R::Answer), KafkaError> {
        let candidates = self.candidates().await;
        let mut failures = Vec::new();
        let mut left = candidates.len();
        for at in candidates {
            left -= 1;
            if deadline.remaining().is_zero() {
                break;
            }
            let attempt = match left {
                0 => *deadline,
                _ => self.patience(deadline),
            };
            match self.call_at(&at, request, &attempt).await {
                Ok(answer) => {
                    *self.answered_last.lock().await = Some(at.clone());
                    return Ok((at, answer));
                }
                Err(error) if is_about_one_node(&error) => failures.push(error),
                Err(error) => return Err(error),
            }
        }
        Err(most_telling(failures))
    }

    /// Has any node carry out a change.
    ///
    /// A frozen node would carry it out when it thaws, over whatever came later. So only a node
    /// that has just answered gets it, with all the time that is left, and after a time-out no
    /// other node does; after a lost connection another one may.
    pub(super) async fn change_any<R: Api>(
        &self,
        request: &R,
        deadline: &Deadline,
    ) -> Result<(HostPort, R::Answer), KafkaError> {
        let (at, _) = self.call_any(&greeting(), deadline).await?;
        match self.call_at(&at, request, deadline).await {
            Err(KafkaError::Unreachable { .. }) => {}
            answered => return answered.map(|answer| (at, answer)),
        }
        let (at, _) = self.call_any(&greeting(), deadline).await?;
        let answer = self.call_at(&at, request, deadline).await?;
        Ok((at, answer))
    }

    /// Remembers where the brokers are.
    pub(super) async fn remember(&self, brokers: &[BrokerNode]) {
        let address = |b: &BrokerNode| {
            (
                b.id,
                HostPort {
                    host: b.host.clone(),
                    port: b.port,
                },
            )
        };
        *self.members.lock().await = brokers.iter().map(address).collect();
    }

    /// Where a broker was last seen.
    pub(super) async fn address_of(&self, broker_id: i32) -> Option<HostPort> {
        self.members.lock().await.get(&broker_id).cloned()
    }

    /// Forgets where a broker is, after it was not found there.
    pub(super) async fn forget(&self, broker_id: i32) {
        self.members.lock().await.remove(&broker_id);
    }

    pub(super) async fn close(&self) {
        self.slots.lock().await.clear();
    }

    async fn candidates(&self) -> Vec<HostPort> {
        let mut candidates: Vec<HostPort> =
            self.answered_last.lock().await.iter().cloned().collect();
        let members = self.members.lock().await;
        for at in self.connection.bootstrap.iter().chain(members.values()) {
            if !candidates.contains(at) {
                candidates.push(at.clone());
            }
        }
        candidates
    }
}

/// Whether another node might do better.
fn is_about_one_node(error: &KafkaError) -> bool {
    matches!(
        error,
        KafkaError::Unreachable { .. }
            | KafkaError::Tls { .. }
            | KafkaError::Timeout { .. }
            | KafkaError::Protocol { .. }
    )
}

/// One error for several nodes: what a reachable one had to say comes before silence.
fn most_telling(mut failures: Vec<KafkaError>) -> KafkaError {
    failures.sort_by_key(|failure| match failure {
        KafkaError::Tls { .. } | KafkaError::Protocol { .. } => 0,
        KafkaError::Timeout { .. } => 1,
        _ => 2,
    });
    let mut failures = failures.into_iter();
    match failures.next() {
        Some(KafkaError::Unreachable {
            mut address,
            reason,
        }) => {
            for failure in failures {
                if let KafkaError::Unreachable { address: other, .. } = failure {
                    address = format!("{address}, {other}");
                }
            }
            KafkaError::Unreachable { address, reason }
        }
        Some(telling) => telling,
        None => KafkaError::Timeout {
            what: "asking any node of the cluster".to_owned(),
        },
    }
}
