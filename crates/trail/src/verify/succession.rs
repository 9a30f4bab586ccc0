//! Which epoch of an emitter follows which, as the later ones say.

use super::epoch::EpochState;
use super::parts::Opened;
use crate::stamp::Epoch;

/// Where an epoch stands among those of its emitter.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Succession<'a> {
    /// What the next epoch says of this one.
    pub(super) next: Option<&'a Opened>,
    /// Whether signatures vouch for the next one.
    pub(super) is_next_signed: bool,
    /// Whether there is none later.
    pub(super) is_newest: bool,
    /// The epoch that this one names as the one before it, if no line of that is there.
    pub(super) missing_before: Option<Epoch>,
    /// The epoch that was named in the place of this one.
    pub(super) stray: Option<Epoch>,
}

/// For each of the epochs of one emitter, which are in the order of time.
pub(super) fn succession<'a>(epochs: &[&'a EpochState]) -> Vec<Succession<'a>> {
    let mut found = vec![Succession::default(); epochs.len()];
    if let Some(newest) = found.last_mut() {
        newest.is_newest = true;
    }
    // The epoch that leads on to older ones, and what it names.
    let mut later: Option<&'a EpochState> = None;
    for (index, epoch) in epochs.iter().enumerate().rev() {
        let named = later.and_then(|later| later.opened.as_ref()?.previous);
        let Some(here) = found.get_mut(index) else {
            continue;
        };
        match (later, named) {
            (Some(_), Some(named)) if named < epoch.epoch => {
                here.stray = Some(named);
                continue;
            }
            (Some(later), Some(named)) if named == epoch.epoch => {
                here.next = later.opened.as_ref();
                here.is_next_signed = later.signed.through.is_some();
            }
            _ => {}
        }
        later = Some(epoch);
    }
    for (epoch, here) in epochs.iter().zip(&mut found) {
        let named = epoch.opened.as_ref().and_then(|opened| opened.previous);
        let is_there = |named: &Epoch| epochs.iter().any(|other| other.epoch == *named);
        here.missing_before = named.filter(|named| !is_there(named));
    }
    found
}
