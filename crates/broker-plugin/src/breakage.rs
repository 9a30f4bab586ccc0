//! Panics on purpose, so that a test of the released library can show that a broker survives them.

use std::sync::atomic::{AtomicU8, Ordering};

/// Where the next panic is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Place {
    Deciding = 1,
    Recording = 2,
    Draining = 3,
}

/// The one panic that is wanted, if any.
#[derive(Debug, Default)]
pub(crate) struct Breakage(AtomicU8);

impl Breakage {
    pub(crate) fn want(&self, place: Place) {
        self.0.store(place as u8, Ordering::Relaxed);
    }

    /// Panics, once, if it is wanted here.
    pub(crate) fn happen(&self, place: Place) {
        if self.0.load(Ordering::Relaxed) == place as u8 {
            self.0.store(0, Ordering::Relaxed);
            break_on_purpose();
        }
    }
}

#[expect(
    clippy::panic,
    reason = "the one panic on purpose: the boundary must be shown to hold in the released library"
)]
fn break_on_purpose() {
    panic!("on purpose, as a test asked for");
}
