//! The same records in the form of the Open Cybersecurity Schema Framework (OCSF) 1.8.0: decisions
//! and changes as API Activity, log ins as Authentication, and what the trail says about itself as
//! Base Event (`schema.ocsf.io/1.8.0`).
//!
//! OCSF knows no numbers and no chain, and closes its objects. So the attributes that the verifier
//! reads stand in `unmapped`, with what else has no place in OCSF as their `data`.

mod activity;
mod authentication;
mod authorization;
mod base;
mod change;
mod head;
mod parties;

pub use head::OCSF_VERSION;

/// The `content-type` header of a record that holds one OCSF event.
pub const OCSF_CONTENT_TYPE: &str = "application/json";
