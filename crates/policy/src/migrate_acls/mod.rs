//! Moving a cluster's own ACLs to the metadata service, so that nobody may more or less than before.
//!
//! [`propose`] finds role bindings and central ACLs that say the same as the ACLs; [`prove`] compares
//! what two sets of rules decide. Neither knows of the other.

mod propose;
mod prove;
mod rule_set;
mod side;

pub use propose::{Move, Proposal, Stays, propose};
pub use prove::{Difference, Outcome, Proof, prove};
pub use rule_set::RuleSet;
