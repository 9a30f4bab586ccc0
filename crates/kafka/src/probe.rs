//! Looking at a listener step by step, to say at which one it is wrong.

use crate::{HostPort, KafkaError};

/// What must work on the way to a login with a token, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeStep {
    /// The host resolves, and something listens at the port.
    Connect,
    /// The TLS handshake; where the listener shall have none, always done.
    Tls,
    /// It answers Kafka's protocol.
    Protocol,
    /// It offers the SASL mechanism.
    Mechanism,
    /// It lets us in.
    Login,
}

impl ProbeStep {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [
        Self::Connect,
        Self::Tls,
        Self::Protocol,
        Self::Mechanism,
        Self::Login,
    ];
}

/// How far one address could be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostProbe {
    /// The address.
    pub address: HostPort,
    /// The first step that failed, and how; nothing if all is well.
    pub failure: Option<(ProbeStep, KafkaError)>,
}

impl HostProbe {
    /// What is known of a step: done, failed, or not reached.
    #[must_use]
    pub fn at(&self, step: ProbeStep) -> Option<Result<(), &KafkaError>> {
        match &self.failure {
            Some((failed, error)) if *failed == step => Some(Err(error)),
            Some((failed, _)) if *failed < step => None,
            _ => Some(Ok(())),
        }
    }
}
