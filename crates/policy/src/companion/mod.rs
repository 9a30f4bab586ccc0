//! The companion of the audit-log document: what the reference product's document has no field for
//! (`rulings.md` 25). How sure an event must be recorded before its request is answered, and in
//! which form a destination topic gets its events.
//!
//! A document of its own, with its own version, because existing clients drop fields that they do
//! not know.

mod document;
mod modes;
mod parse;
mod render;
mod unmatched;

pub use document::{Companion, FailMode, Format, ModeRules, Stamp};
pub use modes::{Modes, fail_mode};

/// The dynamic broker configuration that carries the companion.
pub const COMPANION_CONFIG_KEY: &str = "openmds.audit.companion";
