//! The record of a connection that proved who it is, or failed to.

use std::net::IpAddr;

use crate::event::{field, push_client_address, push_envelope};
use crate::metadata::Envelope;

/// The CloudEvents type of a log in (`audit-logs.md` 5.1).
pub const TYPE_AUTHENTICATION: &str = "io.confluent.kafka.server/authentication";

/// The method of a log in (`audit-logs.md` 4.3).
pub const METHOD_AUTHENTICATION: &str = "kafka.Authentication";

/// Whom a log in that failed is recorded under: who it was is not known (`audit-logs.md` 5.2).
pub const UNKNOWN_USER: &str = "None:UNKNOWN_USER";

/// One connection that authenticated, or failed to, in the shape of the 7.x generation
/// (`audit-logs.md` 5.2 and appendix A5). Every text is written as it is given.
#[derive(Debug, Clone, Copy)]
pub struct AuthenticationEvent<'a> {
    /// Around it; source and subject are the CRN of the cluster that was connected to.
    pub envelope: Envelope<'a>,
    /// `User:alice`, or [`UNKNOWN_USER`].
    pub principal: &'a str,
    /// `SSL`, `SASL_SSL/PLAIN`, `SASL_SSL` where the mechanism is not known, ...
    pub mechanism: &'a str,
    /// Name of the user, or of the subject of the certificate; empty if not known.
    pub identifier: &'a str,
    /// Whether it was let in.
    pub accepted: bool,
    /// Why not, in Kafka's words.
    pub message: &'a str,
    /// Where the client connected from.
    pub client_address: Option<IpAddr>,
}

impl AuthenticationEvent<'_> {
    /// Appends the event as one line of JSON without the line's end, keys in the observed order.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let cluster = self.envelope.source;
        push_envelope(out, &self.envelope, TYPE_AUTHENTICATION);
        field(out, ",\"data\":{\"serviceName\":", cluster);
        field(out, ",\"methodName\":", METHOD_AUTHENTICATION);
        field(out, ",\"resourceName\":", self.envelope.subject);
        let before = ",\"authenticationInfo\":{\"principal\":";
        field(out, before, self.principal);
        field(out, ",\"metadata\":{\"mechanism\":", self.mechanism);
        field(out, ",\"identifier\":", self.identifier);
        out.extend_from_slice(b"},\"principalResourceId\":\"\"}");
        push_client_address(out, self.client_address);
        let status = if self.accepted {
            "SUCCESS"
        } else {
            "UNAUTHENTICATED"
        };
        field(out, ",\"result\":{\"status\":", status);
        field(out, ",\"message\":", self.message);
        out.extend_from_slice(b"}}}");
    }
}
