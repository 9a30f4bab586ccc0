//! Why a cluster could not be asked, in words for its operator.

/// Why a request to a cluster failed.
///
/// `Display` says what happened, where, and what to check next. No secret is ever part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KafkaError {
    /// No conversation came about, or it broke off: refused, no such host, closed.
    #[error("cannot talk to {address}: {reason}")]
    Unreachable {
        /// Host and port, several separated by commas.
        address: String,
        /// What happened and what to check.
        reason: String,
    },
    /// The TLS handshake failed, or our own TLS settings are unusable.
    #[error("no TLS connection with {address}: {reason}")]
    Tls {
        /// Host and port.
        address: String,
        /// What happened and what to check.
        reason: String,
    },
    /// The broker did not accept our credential.
    #[error("{address} did not let us log in: {reason}")]
    Authentication {
        /// Host and port.
        address: String,
        /// What happened and what to check.
        reason: String,
    },
    /// We are logged in, but lack a right.
    #[error(
        "missing right: {operation} on {resource} ({reason}); grant it to this server's principal \
         there, or name the principal in super.users"
    )]
    NotAuthorized {
        /// The ACL operation, in Kafka's spelling.
        operation: String,
        /// The resource it is needed on.
        resource: String,
        /// The address and the broker's own words.
        reason: String,
    },
    /// The cluster understood the request and refused it.
    #[error("{what} was rejected: {reason}")]
    Rejected {
        /// The request and the address.
        what: String,
        /// The broker's own text; for a document refused by the plugin, the plugin's.
        reason: String,
    },
    /// The topic is not there.
    #[error(
        "{address} knows no topic {topic}; create it, or let the audit log configuration name it \
         among its destinations"
    )]
    UnknownTopic {
        /// Its name.
        topic: String,
        /// Who was asked.
        address: String,
    },
    /// No answer within the time-out.
    #[error("{what}: no answer in time; is the node frozen, overloaded, or its network lossy?")]
    Timeout {
        /// The request, the address and the time allowed.
        what: String,
    },
    /// The value cannot be sent at all.
    #[error(
        "the value is {bytes} bytes long in UTF-8, but Kafka carries at most {limit} in one \
         configuration value; nothing was sent, shorten it"
    )]
    TooLarge {
        /// Its length in UTF-8.
        bytes: usize,
        /// What Kafka accepts.
        limit: usize,
    },
    /// The other side does not speak Kafka's protocol as we know it.
    #[error("{address} answered something unexpected: {reason}")]
    Protocol {
        /// Host and port.
        address: String,
        /// What was unexpected.
        reason: String,
    },
}
