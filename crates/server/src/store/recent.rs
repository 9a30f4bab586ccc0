//! The last writes that a feed may have to tell, in memory.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::log::Generation;
use super::record::Record;
use super::state::State;

/// A record that concerns brokers, and what it replaced where only that tells whom it concerns.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// What was written.
    pub record: Record,
    /// Of a membership: the user's groups before.
    pub groups_before: BTreeSet<String>,
}

/// The last writes, bounded by the number of their records.
#[derive(Debug)]
pub(super) struct Recent {
    /// All writes after this one are here.
    begins: Generation,
    writes: VecDeque<(Generation, Arc<[Remembered]>)>,
    count: usize,
    limit: usize,
}

impl Recent {
    pub(super) const fn new(begins: Generation, limit: usize) -> Self {
        Self {
            begins,
            writes: VecDeque::new(),
            count: 0,
            limit,
        }
    }

    /// Takes a write in, and lets the oldest ones go.
    pub(super) fn push(&mut self, generation: Generation, records: Vec<Remembered>) {
        if records.is_empty() {
            return;
        }
        self.count += records.len();
        self.writes.push_back((generation, records.into()));
        while self.count > self.limit
            && let Some((gone, records)) = self.writes.pop_front()
        {
            self.count -= records.len();
            self.begins = gone;
        }
    }

    /// All writes after the first generation up to the second one, if all of them are here.
    pub(super) fn between(
        &self,
        from: Generation,
        to: Generation,
    ) -> Option<Vec<Arc<[Remembered]>>> {
        let here = from >= self.begins;
        let within = |(at, _): &&(Generation, _)| from < *at && *at <= to;
        let found = self.writes.iter().filter(within);
        here.then(|| found.map(|(_, records)| Arc::clone(records)).collect())
    }
}

/// What of a batch concerns brokers, seen from the state before it.
pub(super) fn concerning_brokers(before: &State, records: &[Record]) -> Vec<Remembered> {
    let remembered = |record: &Record| {
        if says_nothing_new(before, record) {
            return None;
        }
        let groups_before = match record {
            Record::Binding { .. } | Record::Acl { .. } | Record::SigningKeys { .. } => {
                BTreeSet::new()
            }
            Record::Membership { user, .. } => {
                before.memberships().get(user).cloned().unwrap_or_default()
            }
            _ => return None,
        };
        Some(Remembered {
            record: record.clone(),
            groups_before,
        })
    };
    records.iter().filter_map(remembered).collect()
}

/// Whether the end of something is written that was not there, or the other way round.
fn says_nothing_new(before: &State, record: &Record) -> bool {
    match record {
        Record::Binding {
            key,
            patterns: None,
        } => before.bindings().patterns(key).is_none(),
        Record::Acl {
            cluster,
            acl,
            present,
        } => before.acls().contains(cluster, acl) == *present,
        _ => false,
    }
}
