//! What is done for an event before its request is answered.

use std::sync::atomic::Ordering;

use openmds_policy::audit::{Category, crn_kind};
use openmds_policy::companion::{FailMode, Modes};
use openmds_trail::Unawaited;

use super::{Asked, Engine};
use crate::care::{Care, Held};
use crate::codec::Action;
use crate::counters::Counter;
use crate::methods::{CLUSTER_ACTION, resource_type_name};

impl Engine {
    /// What the companion asks for the event of a decision, and what is done.
    ///
    /// Never held up nor refused are super users, nodes among each other, and who is named in the node's
    /// settings: what they ask for repairs what keeps events from being recorded.
    pub(super) fn care(
        &self,
        modes: &Modes,
        asked: &Asked<'_>,
        action: &Action<'_>,
        granted: bool,
    ) -> (FailMode, Care) {
        let request = &asked.request;
        let category = self.methods.of(request.api_key, action.operation).category;
        let kind = crn_kind(resource_type_name(action.resource_type));
        let resource = kind.as_deref().map(|kind| (kind, action.name));
        let mode = modes.mode(resource, category, granted);
        let settings = &self.settings;
        let care = if mode == FailMode::BestEffort {
            Care::BestEffort
        } else if category == Category::Interbroker
            || action.operation == CLUSTER_ACTION
            || settings.super_users.contains(request.principal)
            || settings.exempt.contains(request.principal)
        {
            Care::Unawaited(Unawaited::Exempt)
        } else if request.may_wait {
            Care::Awaited(self.ticket(asked))
        } else {
            Care::Unawaited(Unawaited::Thread)
        };
        (mode, care)
    }

    /// The request's ticket: one for all its actions.
    fn ticket(&self, asked: &Asked<'_>) -> u64 {
        let mut held = asked.held.borrow_mut();
        let held = held.get_or_insert_default();
        if held.ticket == 0 {
            let last = self.tickets.fetch_add(1, Ordering::Relaxed);
            held.ticket = last.wrapping_add(1).max(1);
        }
        held.ticket
    }

    /// Notes what the request is to wait for, and what becomes of the action otherwise.
    pub(super) fn hold(&self, asked: &Asked<'_>, mode: FailMode, care: Care, fate: Counter) {
        let lost = fate == Counter::DroppedQueueFull;
        let what = match care {
            Care::Unawaited(why) => {
                if !lost {
                    self.counters.add(Counter::Unawaited, 1);
                }
                if !lost || why == Unawaited::Exempt {
                    return;
                }
                Held::LOST
            }
            Care::Awaited(_) if lost => Held::LOST,
            Care::Awaited(_) => Held::AWAITED,
            Care::BestEffort | Care::Ahead => return,
        };
        let required = if mode == FailMode::Required {
            Held::REQUIRED
        } else {
            0
        };
        let mut held = asked.held.borrow_mut();
        held.get_or_insert_default()
            .say(asked.noted.get(), what | required);
    }
}
