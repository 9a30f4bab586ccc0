//! Whether a trail is complete and unchanged, from its lines alone.
//!
//! Lines come in any order and from several sources; numbers say where they belong, and each one
//! carries the hash of the line before it. Nothing here reads files or clocks, and nothing in a line
//! is believed that the chain, or a signature, does not confirm.

mod conflicts;
mod epoch;
mod finding;
mod gaps;
mod judge;
mod line;
mod links;
mod own;
mod parts;
mod place;
mod report;
mod runs;
mod signatures;
mod signed;
mod slots;
mod state;
mod succession;
mod texts;
mod verifier;

pub use finding::{Cause, Finding};
pub use line::LineError;
pub use place::{Front, Place, Source, SourceId};
pub use report::{Count, End, EpochReport, Listed, Report, Signing, Unread, Verdict};
pub use signatures::{Signatures, SignedStatement};
pub use state::StateError;
pub use verifier::{Limits, Verifier};
