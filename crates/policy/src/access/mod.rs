//! Deciding inside brokers: [`crate::rbac::authorize`] in a form that answers in a moment.
//!
//! An [`Index`] is made from all rules that hold in one Kafka cluster and never changes; a change
//! makes another one, which shares what it can. Nothing here knows threads: who swaps indexes and
//! who frees the old one is decided elsewhere. That the index says what the reference says is
//! shown by the tests, for generated rules and requests.
//!
//! Names are hashed with fixed keys, for there is no randomness here. Only names in rules are
//! stored, never names in requests: whoever wants collisions must write rules, and gains a
//! comparison for each.

mod apply;
mod build;
mod by_type;
mod codes;
mod collecting;
mod commands;
mod decide;
mod explain;
mod hash;
mod index;
mod local;
mod names;
mod patterns;
mod prefixes;
mod roles;
mod rule;
mod rules;
mod subject;
mod table;
mod texts;
mod verdict;
mod who_can;

pub use apply::Edit;
pub use codes::{Operation, ResourceType};
pub use explain::{Explanation, Inquiry, Misses};
pub use index::Index;
pub use local::LocalAcls;
pub use rules::{Providers, Rules};
pub use subject::Subject;
pub use verdict::{AclView, PatternView, Reason, Verdict};
pub use who_can::WhoCan;
