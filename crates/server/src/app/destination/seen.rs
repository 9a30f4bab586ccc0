//! What the destination last said.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use openmds_kafka::{HostPort, KafkaError};

/// The last answer, and who gave it: what one destination said is nothing about another.
#[derive(Default)]
pub(super) struct Seen(Mutex<Last>);

#[derive(Default)]
struct Last {
    servers: Vec<HostPort>,
    retention: BTreeMap<String, u64>,
    outcome: Option<Result<(), String>>,
}

impl Seen {
    /// Notes an answer. A failure leaves what the same servers showed before.
    pub(super) fn note(
        &self,
        servers: &[HostPort],
        answer: Result<&BTreeMap<String, u64>, &KafkaError>,
    ) {
        let mut last = self.last();
        if last.servers != servers {
            *last = Last {
                servers: servers.to_vec(),
                ..Last::default()
            };
        }
        if let Ok(retention) = answer {
            last.retention.clone_from(retention);
        }
        last.outcome = Some(answer.map(drop).map_err(ToString::to_string));
    }

    pub(super) fn is_about(&self, servers: &[HostPort]) -> bool {
        self.last().servers == servers
    }

    pub(super) fn retention(&self, servers: &[HostPort]) -> BTreeMap<String, u64> {
        let last = self.last();
        if last.servers == servers {
            last.retention.clone()
        } else {
            BTreeMap::new()
        }
    }

    /// How the last attempt at these servers ended, if there was one.
    pub(super) fn outcome(&self, servers: &[HostPort]) -> Option<Result<(), String>> {
        let last = self.last();
        if last.servers == servers {
            last.outcome.clone()
        } else {
            None
        }
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
