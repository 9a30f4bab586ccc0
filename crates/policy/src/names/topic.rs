//! Names of destination topics.

use alloc::string::{String, ToString};
use core::borrow::Borrow;
use core::fmt;

/// What every destination topic's name begins with (`audit-logs.md` 2.1).
pub const AUDIT_TOPIC_PREFIX: &str = "confluent-audit-log-events";

/// The destination topic of the built-in document (`audit-logs.md` 2.3).
pub const DEFAULT_AUDIT_TOPIC: &str = AUDIT_TOPIC_PREFIX;

/// Kafka's limit on a topic name, characters.
const LONGEST: usize = 249;

/// A topic that may receive audit events: `^confluent-audit-log-events[-_a-zA-Z0-9]*$`, at most
/// 249 characters, no dots (`audit-logs.md` 2.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DestinationTopic(String);

/// Why a text cannot name a destination topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DestinationTopicError {
    /// The pattern is broken.
    #[error(
        "must begin with `{AUDIT_TOPIC_PREFIX}`, followed only by letters, digits, `-` and `_`"
    )]
    Spelling,
    /// The name is too long for Kafka.
    #[error("is {length} characters long; Kafka takes at most {LONGEST}")]
    TooLong {
        /// Characters in the offending name.
        length: usize,
    },
}

impl DestinationTopic {
    /// Parses a topic name.
    pub fn parse(text: &str) -> Result<Self, DestinationTopicError> {
        let Some(rest) = text.strip_prefix(AUDIT_TOPIC_PREFIX) else {
            return Err(DestinationTopicError::Spelling);
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !rest.bytes().all(plain) {
            return Err(DestinationTopicError::Spelling);
        }
        if text.len() > LONGEST {
            return Err(DestinationTopicError::TooLong { length: text.len() });
        }
        Ok(Self(text.to_string()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Sets and maps of topics can be asked by name.
impl Borrow<str> for DestinationTopic {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DestinationTopic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
