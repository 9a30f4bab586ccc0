//! What the clients know: which names they asked for, and which answers they saw.

use std::collections::BTreeSet;

use crate::shape::{ALLOWED_CLIENT, DENIED_CLIENT};
use crate::story::DEFAULT_TOPIC;

/// What a route does with a request whose event is not safe yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    BestEffort,
    Durable,
    Required,
}

impl Mode {
    pub(super) const ALL: [Self; 3] = [Self::BestEffort, Self::Durable, Self::Required];

    /// As the companion spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::BestEffort => "best-effort",
            Self::Durable => "durable",
            Self::Required => "required",
        }
    }

    /// How the names of its topics begin.
    pub(super) fn prefix(self) -> String {
        format!("orders-soak-{}-", self.name())
    }

    /// Where its events go.
    pub(super) fn destination(self) -> String {
        format!("{DEFAULT_TOPIC}_soak_{}", self.name())
    }
}

/// Who asks, on routes of which mode.
pub(super) const ASKERS: [(Mode, &str); 7] = [
    (Mode::BestEffort, ALLOWED_CLIENT),
    (Mode::BestEffort, ALLOWED_CLIENT),
    (Mode::Durable, ALLOWED_CLIENT),
    (Mode::Durable, ALLOWED_CLIENT),
    (Mode::Durable, DENIED_CLIENT),
    (Mode::Required, ALLOWED_CLIENT),
    (Mode::Required, ALLOWED_CLIENT),
];

/// The topic that a client asks for with its request of this number, and nobody else ever.
pub(super) fn topic(mode: Mode, run: &str, client: usize, request: u64) -> String {
    format!("{}{run}-{client}-{request}", mode.prefix())
}

/// Client and request of such a topic, if it is one of this run.
pub(super) fn asked(run: &str, topic: &str) -> Option<(usize, u64)> {
    let rest = topic.strip_prefix("orders-soak-")?;
    let (rest, request) = rest.rsplit_once('-')?;
    let (rest, client) = rest.rsplit_once('-')?;
    let (_, of) = rest.rsplit_once('-')?;
    (of == run).then_some((client.parse().ok()?, request.parse().ok()?))
}

/// One connection of a client: it asks for one name after another.
#[derive(Debug, Clone, Default)]
pub(super) struct Talk {
    pub(super) broker: i32,
    /// When it was made, milliseconds since 1970.
    pub(super) since_ms: u64,
    /// The first request.
    pub(super) first: u64,
    /// So many were answered: all that were asked, but for the last one at times.
    pub(super) answered: u64,
    pub(super) asked: u64,
    /// Those that were answered as if there were no right.
    pub(super) refused: BTreeSet<u64>,
}

impl Talk {
    /// The requests that were answered.
    pub(super) fn answers(&self) -> std::ops::Range<u64> {
        self.first..self.first.saturating_add(self.answered)
    }

    /// All requests.
    pub(super) fn requests(&self) -> std::ops::Range<u64> {
        self.first..self.first.saturating_add(self.asked)
    }
}

/// All that a client knows.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) mode: Mode,
    pub(super) user: &'static str,
    pub(super) talks: Vec<Talk>,
}

impl Told {
    /// Whether the rules allow what it asks for.
    pub(super) fn is_allowed(&self) -> bool {
        self.user == ALLOWED_CLIENT
    }

    pub(super) fn answered(&self) -> u64 {
        self.talks.iter().map(|talk| talk.answered).sum()
    }

    pub(super) fn refused(&self) -> usize {
        self.talks.iter().map(|talk| talk.refused.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_names_its_run_client_and_request() {
        for mode in Mode::ALL {
            let topic = topic(mode, "a1b2", 3, 45);
            assert_eq!(asked("a1b2", &topic), Some((3, 45)), "{topic}");
            assert_eq!(asked("a1b3", &topic), None);
        }
        assert_eq!(asked("a1b2", "orders-soak-durable-a1b2-x-1"), None);
        assert_eq!(asked("a1b2", "orders"), None);
    }
}
