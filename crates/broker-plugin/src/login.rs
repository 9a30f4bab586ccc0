//! A connection that authenticated, or failed to, on its way from a network thread to the drain
//! thread.

use std::net::IpAddr;

use openmds_trail::UNKNOWN_USER;

use crate::care::Care;
use crate::pairs::Pairs;

/// A longer message is cut: part of it is what a client sent.
const LONGEST: usize = 1_000;

/// One attempt to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// When it was made, microseconds since 1970.
    pub time_micros: i64,
    /// Whether it was accepted.
    pub accepted: bool,
    /// What is done for it.
    pub care: Care,
    /// Where the client connected from.
    pub address: Option<IpAddr>,
    /// The destination topic; empty if not routed yet.
    pub topic: String,
    /// `User:alice`; [`UNKNOWN_USER`] if it was not accepted.
    pub principal: String,
    /// `SASL_SSL/PLAIN`, ...
    pub mechanism: String,
    /// Name of the user, or of the subject of the certificate.
    pub identifier: String,
    /// Why it was not accepted.
    pub message: String,
}

impl Login {
    /// As Java writes it (`spec/native-bridge.md`, `login`); `None` if it says not whether it was
    /// accepted, or not who was.
    #[must_use]
    pub fn of(pairs: &Pairs, time_micros: i64) -> Option<Self> {
        let text = |key| pairs.first(key).unwrap_or_default().to_owned();
        let accepted = match pairs.first("accepted")? {
            "true" => true,
            "false" => false,
            _ => return None,
        };
        let principal = match pairs.first("principal") {
            Some(principal) => principal.to_owned(),
            None if !accepted => UNKNOWN_USER.to_owned(),
            None => return None,
        };
        Some(Self {
            time_micros,
            accepted,
            care: Care::BestEffort,
            address: pairs.first("address").and_then(|text| text.parse().ok()),
            topic: String::new(),
            principal,
            mechanism: text("mechanism"),
            identifier: text("identifier"),
            message: pairs.first("message").map(cut).unwrap_or_default(),
        })
    }

    /// What it takes in memory, allocator included.
    #[must_use]
    pub const fn size(&self) -> usize {
        const ALLOCATIONS: usize = 5 * 16;
        self.topic
            .capacity()
            .saturating_add(self.principal.capacity())
            .saturating_add(self.mechanism.capacity())
            .saturating_add(self.identifier.capacity())
            .saturating_add(self.message.capacity())
            .saturating_add(ALLOCATIONS)
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
