//! All that a verifier keeps, as a text that it can go on from.

use serde::{Deserialize, Serialize};

use super::epoch::EpochState;
use super::place::{At, Place, Source};
use super::signed::Certificates;
use super::slots::Slots;

/// The version of the text.
const VERSION: u32 = 1;
/// Lines that the text remembers, to compare copies with.
const REMEMBERED: usize = 1 << 16;

/// A verifier could not go on where it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// It is no state.
    #[error("it is no state of a verification: {0}")]
    Unreadable(String),
    /// Another release wrote it.
    #[error("its version is {0}, and this release reads version 1 only")]
    Version(u32),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SourceState {
    pub(super) source: Source,
    /// The earliest time of a line of it.
    pub(super) first_ms: Option<i64>,
}

/// All that is kept between lines, and between runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    pub(super) sources: Vec<SourceState>,
    pub(super) epochs: Vec<EpochState>,
    pub(super) slots: Slots,
    pub(super) certificates: Certificates,
    pub(super) lines: u64,
    pub(super) unreadable: Vec<(At, String)>,
    pub(super) unreadable_count: u64,
    pub(super) unnumbered: Vec<At>,
    pub(super) unnumbered_count: u64,
}

impl State {
    pub(super) fn new(remembered: usize) -> Self {
        Self {
            version: VERSION,
            sources: Vec::new(),
            epochs: Vec::new(),
            slots: Slots::new(remembered),
            certificates: Certificates::new(),
            lines: 0,
            unreadable: Vec::new(),
            unreadable_count: 0,
            unnumbered: Vec::new(),
            unnumbered_count: 0,
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, StateError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let unreadable = |error: serde_json::Error| StateError::Unreadable(error.to_string());
        let versioned: Versioned = serde_json::from_str(text).map_err(unreadable)?;
        if versioned.version != VERSION {
            return Err(StateError::Version(versioned.version));
        }
        serde_json::from_str(text).map_err(unreadable)
    }

    pub(super) fn text(&self) -> String {
        let mut state = self.clone();
        state.slots.shrink(REMEMBERED);
        // Every map in it has texts or numbers as keys.
        serde_json::to_string(&state).unwrap_or_default()
    }

    /// Lets each epoch know what later ones say it lost.
    pub(super) fn hand_back_losses(&mut self) {
        let mut told = Vec::new();
        for epoch in &self.epochs {
            let emitter = &epoch.emitter;
            told.extend(epoch.former.iter().map(|lost| (emitter.clone(), *lost)));
        }
        for (emitter, (of, first, last)) in told {
            let is_it =
                |known: &&mut EpochState| known.emitter == emitter && known.epoch.millis() == of;
            if let Some(known) = self.epochs.iter_mut().find(is_it) {
                known.lose(first, last);
            }
        }
    }

    pub(super) fn place(&self, at: At) -> Place {
        let source = usize::try_from(at.source.0).ok();
        let source = source.and_then(|index| self.sources.get(index));
        Place {
            source: source.map_or_else(|| "?".to_owned(), |known| known.source.name.clone()),
            position: at.position,
        }
    }
}
