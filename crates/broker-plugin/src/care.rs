//! How much is done for an event before its request is answered.

use openmds_trail::Unawaited;

/// As the companion asks, and as far as the thread that decided may wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Care {
    /// It goes to its destination.
    #[default]
    BestEffort,
    /// It goes to disk first; it is no request's.
    Ahead,
    /// It goes to disk first; its request is answered already, and the event says so.
    Unawaited(Unawaited),
    /// It goes to disk first; the request that has the ticket waits for that.
    Awaited(u64),
}

impl Care {
    /// The ticket of what goes to disk first; 0 if nobody waits.
    #[must_use]
    pub const fn ticket(self) -> Option<u64> {
        match self {
            Self::BestEffort => None,
            Self::Ahead | Self::Unawaited(_) => Some(0),
            Self::Awaited(ticket) => Some(ticket),
        }
    }
}

/// What a request waits for, and what becomes of its actions if that does not come.
#[derive(Debug, Default)]
pub struct Held {
    /// The ticket of its events; 0 if nobody waits.
    pub ticket: u64,
    /// For each action so far [`Self::AWAITED`], [`Self::REQUIRED`] and [`Self::LOST`], as far as they
    /// apply; what comes after the last one has none.
    pub actions: Vec<u8>,
}

impl Held {
    /// Its event is among those that are waited for.
    pub const AWAITED: u8 = 2;
    /// It is refused if its event is not safe.
    pub const REQUIRED: u8 = 4;
    /// Its event is lost already.
    pub const LOST: u8 = 8;

    /// Says something of the action at a place.
    pub(crate) fn say(&mut self, place: usize, what: u8) {
        if self.actions.len() <= place {
            self.actions.resize(place.saturating_add(1), 0);
        }
        if let Some(action) = self.actions.get_mut(place) {
            *action |= what;
        }
    }
}
