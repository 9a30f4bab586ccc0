//! Takes lines and keeps what the judgement needs.

use std::collections::BTreeMap;

use super::epoch::EpochState;
use super::judge;
use super::line::{Line, LineError};
use super::own::Own;
use super::place::{At, Front, Source, SourceId};
use super::report::{Listed, Report, Unread, overall};
use super::signatures::Signatures;
use super::signed::has_fingerprint;
use super::state::{SourceState, State, StateError};

/// Unreadable and unnumbered lines that are named.
const NAMED: usize = 100;
/// Certificates that are kept.
const CERTIFICATES: usize = 1_024;
/// Epochs of all emitters together; lines of more are unreadable.
const EPOCHS: usize = 16_384;

/// What a verifier may use and expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many lines are remembered, some 100 bytes each, to compare copies with.
    pub remembered: usize,
    /// So many lines may wait for their neighbours, some 200 bytes each.
    pub open: usize,
    /// An emitter that has written nothing for so long is silent; accounts come every minute.
    pub silence_ms: i64,
}

impl Default for Limits {
    /// Some 150 MiB at most.
    fn default() -> Self {
        Self {
            remembered: 1 << 20,
            open: 1 << 18,
            silence_ms: 180_000,
        }
    }
}

/// Verifies lines that come in any order.
pub struct Verifier {
    pub(super) state: State,
    pub(super) limits: Limits,
    pub(super) signatures: Option<Box<dyn Signatures + Send>>,
    by_emitter: BTreeMap<String, BTreeMap<u64, usize>>,
    /// Things of all epochs that grow with disorder.
    open: usize,
}

impl Verifier {
    /// One that has read nothing. Without `signatures` checkpoints are counted, not checked.
    #[must_use]
    pub fn new(limits: Limits, signatures: Option<Box<dyn Signatures + Send>>) -> Self {
        let state = State::new(limits.remembered);
        Self {
            state,
            limits,
            signatures,
            by_emitter: BTreeMap::new(),
            open: 0,
        }
    }

    /// Goes on where [`save`](Self::save) was called.
    ///
    /// # Errors
    ///
    /// If the text is something else.
    pub fn restore(
        text: &str,
        limits: Limits,
        signatures: Option<Box<dyn Signatures + Send>>,
    ) -> Result<Self, StateError> {
        let state = State::parse(text)?;
        let mut by_emitter: BTreeMap<String, BTreeMap<u64, usize>> = BTreeMap::new();
        for (index, epoch) in state.epochs.iter().enumerate() {
            let epochs = by_emitter.entry(epoch.emitter.clone()).or_default();
            epochs.insert(epoch.epoch.millis(), index);
        }
        let open = state.epochs.iter().map(EpochState::held);
        Ok(Self {
            open: open.fold(0, usize::saturating_add),
            state,
            limits,
            signatures,
            by_emitter,
        })
    }

    /// All that has been read so far, in a text of bounded length. Copies of lines that were read
    /// long ago cannot be compared after that.
    #[must_use]
    pub fn save(&self) -> String {
        self.state.text()
    }

    /// Adds a source. One of that name that is known already is the same; where lines before those
    /// that now come are not read either, `front` says why.
    pub fn source(&mut self, source: Source) -> SourceId {
        let known = self.state.sources.iter_mut();
        let known = known
            .zip(0_u32..)
            .find(|(known, _)| known.source.name == source.name);
        if let Some((known, index)) = known {
            if source.front != known.source.front && source.front != Front::Whole {
                known.source.front = source.front;
                known.first_ms = None;
            }
            return SourceId(index);
        }
        let index = u32::try_from(self.state.sources.len()).unwrap_or(u32::MAX);
        self.state.sources.push(SourceState {
            source,
            first_ms: None,
        });
        SourceId(index)
    }

    /// Takes a line, without its end. `position`: the offset, or the number of the line.
    pub fn take(&mut self, source: SourceId, position: u64, line: &[u8]) {
        self.state.lines = self.state.lines.saturating_add(1);
        let at = At { source, position };
        match Line::parse(line) {
            Ok(line) => self.take_line(&line, at),
            Err(LineError::Unnumbered) => {
                let count = &mut self.state.unnumbered_count;
                *count = count.saturating_add(1);
                if self.state.unnumbered.len() < NAMED {
                    self.state.unnumbered.push(at);
                }
            }
            Err(error) => self.unreadable(at, error.to_string()),
        }
    }

    fn take_line(&mut self, line: &Line, at: At) {
        let Some(index) = self.epoch(line) else {
            let reason = format!("it is of one more epoch than the {EPOCHS} that are followed");
            return self.unreadable(at, reason);
        };
        let is_full = self.open >= self.limits.open;
        let State {
            epochs,
            sources,
            slots,
            certificates,
            ..
        } = &mut self.state;
        let Some(epoch) = epochs.get_mut(index) else {
            return;
        };
        let source = usize::try_from(at.source.0).ok();
        if let Some(source) = source.and_then(|source| sources.get_mut(source)) {
            let first = source.first_ms.unwrap_or(i64::MAX);
            source.first_ms = Some(first.min(line.time_ms));
            if let (Some(topic), Some(route)) = (&source.source.topic, &line.route)
                && topic != route
            {
                epoch.misroute(line.first, route, at);
            }
        }
        if let Some(Own::Checkpoint(data)) = &line.own
            && let Some(pem) = &data.certificate
            && certificates.len() < CERTIFICATES
            && has_fingerprint(pem, &data.fingerprint)
        {
            certificates.insert(data.fingerprint.clone(), pem.clone());
        }
        let before = epoch.held();
        let is_first = epoch.take(line, at, slots, is_full);
        if is_first {
            epoch.note(line, at);
        }
        let open = self.open.saturating_sub(before);
        self.open = open.saturating_add(epoch.held());
        if !is_first {
            return;
        }
        if let Some(Own::Checkpoint(data)) = &line.own {
            let signatures = self.signatures.as_deref();
            epoch.checkpoint(line, data, at, certificates, signatures);
        }
    }

    /// Where the line's epoch is, added if it is new.
    fn epoch(&mut self, line: &Line) -> Option<usize> {
        let millis = line.epoch.millis();
        let known = self.by_emitter.get(&line.emitter);
        if let Some(index) = known.and_then(|epochs| epochs.get(&millis)) {
            return Some(*index);
        }
        let index = self.state.epochs.len();
        if index >= EPOCHS {
            return None;
        }
        let number = u32::try_from(index).ok()?;
        let epoch = EpochState::new(number, &line.emitter, line.epoch);
        self.state.epochs.push(epoch);
        let epochs = self.by_emitter.entry(line.emitter.clone()).or_default();
        epochs.insert(millis, index);
        Some(index)
    }

    fn unreadable(&mut self, at: At, reason: String) {
        let count = &mut self.state.unreadable_count;
        *count = count.saturating_add(1);
        if self.state.unreadable.len() < NAMED {
            self.state.unreadable.push((at, reason));
        }
    }

    /// How many lines were taken.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.state.lines
    }

    /// How many things are held in memory: lines to compare copies with, and lines that wait.
    #[must_use]
    pub fn held(&self) -> usize {
        self.state.slots.held().saturating_add(self.open)
    }

    /// The judgement of all that was taken. `now_ms`: when reading ended, if it went up to that
    /// moment; then an emitter that has been silent is told from one that is at work.
    #[must_use]
    pub fn finish(mut self, now_ms: Option<i64>) -> Report {
        let epochs = judge::epochs(&mut self, now_ms);
        let state = &self.state;
        let unreadable = Listed {
            count: state.unreadable_count,
            first: state
                .unreadable
                .iter()
                .map(|(at, reason)| Unread {
                    place: state.place(*at),
                    reason: reason.clone(),
                })
                .collect(),
        };
        let unnumbered = Listed {
            count: state.unnumbered_count,
            first: state.unnumbered.iter().map(|at| state.place(*at)).collect(),
        };
        Report {
            verdict: overall(&epochs, unreadable.count, unnumbered.count),
            lines: state.lines,
            epochs,
            unreadable,
            unnumbered,
        }
    }
}
