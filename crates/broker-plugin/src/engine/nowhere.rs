//! Requests that the document sends nowhere, whatever was decided: on most clusters nearly all of
//! them, so they are counted and nothing else.

use openmds_policy::access::Verdict;

use super::{Asked, Engine, widened};
use crate::counters::Counter;
use crate::snapshot::Snapshot;

impl Engine {
    /// As [`note`](Engine::note) counts and answers; `None`, and nothing done, if it has to look closer.
    pub(super) fn note_nowhere(
        &self,
        snapshot: &Snapshot,
        asked: &Asked<'_>,
        verdicts: &[Verdict],
    ) -> Option<bool> {
        let request = &asked.request;
        let closer = snapshot.leads_somewhere(request.api_key)
            || self.settings.exporter_principal.as_deref() == Some(request.principal)
            || snapshot.router.excludes(request.principal);
        if closer {
            return None;
        }
        let (mut all, mut discarded) = (0_usize, 0_u64);
        for wishes in request.actions.wishes() {
            let verdict = verdicts.get(all).filter(|_| !request.decided_by_kafka);
            let granted = verdict.map_or(wishes.granted, |verdict| verdict.is_allowed());
            discarded = discarded.saturating_add(u64::from(wishes.wants_record(granted)));
            all = all.saturating_add(1);
        }
        let unwanted = widened(all).saturating_sub(discarded);
        for (counter, amount) in [
            (Counter::Discarded, discarded),
            (Counter::Unwanted, unwanted),
        ] {
            if amount > 0 {
                self.counters.add(counter, amount);
            }
        }
        asked.noted.set(all);
        Some(discarded > 0)
    }
}
