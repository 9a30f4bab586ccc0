//! Confluent resource names: which resource an event or a route is about.
//!
//! Grammar and matching rules: `audit-logs.md` 3.1 to 3.3.

mod name;
mod parse;
mod pattern;
mod percent;

pub use name::{Crn, Element};
pub use parse::{CrnError, check_authority};
pub use pattern::{CrnPattern, PatternElement, Specificity, ValuePattern};

/// Element types that mean the same; the first spelling is the one kept (`audit-logs.md` 3.1).
pub(crate) fn canonical_kind(kind: &str) -> &str {
    match kind {
        "transactional-id" => "transaction-id",
        other => other,
    }
}
