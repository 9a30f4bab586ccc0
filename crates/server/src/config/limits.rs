//! How much a client may ask for, and how long it may take.

use std::time::Duration;

use super::reader::Reader;

/// How much a client may ask for, and how long it may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Most open connections.
    pub connections: usize,
    /// How long a connection may stand still.
    pub idle: Duration,
    /// How long the head of a request may take to arrive, and a TLS handshake.
    pub head: Duration,
    /// How long the body of a request may take to arrive.
    pub body: Duration,
    /// How long a request may take from its head to its answer.
    pub request: Duration,
    /// Most requests worked on at once.
    pub requests: usize,
    /// Most nodes that wait at the feed at once; they do not count as requests worked on.
    pub feed_nodes: usize,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            connections: reader.count("openmds.connections.max", 4096),
            idle: reader.millis("openmds.connections.max.idle.ms", 60_000),
            head: reader.millis("openmds.request.head.timeout.ms", 10_000),
            body: reader.millis("openmds.request.body.timeout.ms", 10_000),
            request: reader.millis("openmds.request.timeout.ms", 30_000),
            requests: reader.count("openmds.requests.max", 512),
            feed_nodes: reader.count("openmds.feed.nodes.max", 2048),
        }
    }
}
