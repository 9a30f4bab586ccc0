//! Integration tests of the kafka crate: the fake as its users see it, and the real client against
//! listeners that are no Kafka brokers or broken ones.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests outside #[test] functions"
)]

mod fake;
mod fuzz;
mod scripted;
mod sessions;
mod stores;
mod tls;
mod wire;
mod writer;

use std::time::Duration;

use openmds_kafka::{Connection, HostPort, SecurityProtocol, Tls};

fn plaintext(bootstrap: &[HostPort], timeout: Duration) -> Connection {
    Connection {
        bootstrap: bootstrap.to_vec(),
        protocol: SecurityProtocol::Plaintext,
        sasl: None,
        tls: Tls::default(),
        client_id: "test".into(),
        timeout,
    }
}
