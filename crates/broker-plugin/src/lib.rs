//! The native core of the authorizer plugin inside Apache Kafka brokers and controllers.
//!
//! Java hands over each decision as one packed message; here it is routed by the audit document in
//! force and, where it must be recorded, queued; Java's drain thread fetches batches of finished
//! events. This library owns no thread and no socket, and nothing in it panics on purpose except
//! the entry that shows that a panic is survived.

mod batch;
mod bridge;
pub mod codec;
pub mod counters;
pub mod engine;
pub mod methods;
pub mod pairs;
pub mod queue;
pub mod record;
mod rules;
mod snapshot;
mod table;
