//! Clusters in memory, for tests of whatever uses this crate.
//!
//! A [`FakeFleet`] is a [`Connector`](crate::Connector) to its [`FakeCluster`]s, found by their
//! bootstrap addresses. Each has switches for the ways in which real ones fail, and records what
//! it was asked. Nothing here opens a socket; a frozen node costs the connection's whole time-out
//! of tokio's clock, which a test may pause.

mod admin;
mod cluster;
mod fleet;
mod reader;
mod state;
mod writer;

pub use cluster::FakeCluster;
pub use fleet::FakeFleet;
pub use state::{FakeCall, FakeCondition};
