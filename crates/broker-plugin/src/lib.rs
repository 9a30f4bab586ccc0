//! The native core of the authorizer plugin inside Apache Kafka brokers and controllers.
//!
//! Java hands over each request as one packed message; here it is decided by the rules in force,
//! routed by the audit document in force and, where it must be recorded, queued; Java's drain thread
//! fetches batches of finished events. This library owns no thread and no socket, and nothing in it panics on purpose except
//! the entry that shows that a panic is survived.

pub mod acls;
mod boundary;
mod breakage;
mod bridge;
pub mod care;
pub mod codec;
pub mod counters;
mod drops;
pub mod engine;
mod following;
pub mod login;
pub mod methods;
mod outgoing;
pub mod pairs;
pub mod queue;
mod reasons;
pub mod record;
pub mod rules;
mod settings;
mod shadow;
mod snapshot;
mod spool;
mod subjects;
mod summary;
mod table;
