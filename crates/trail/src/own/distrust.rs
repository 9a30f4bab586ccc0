//! Documents that an emitter was given and does not follow.

use crate::event::{field, push_envelope};
use crate::metadata::Envelope;

/// The CloudEvents type of documents that are not trusted.
pub const TYPE_DISTRUST: &str = "io.openmds.trail/distrust";

/// Somebody put other documents to the cluster than the server signed: those before stay in force.
#[derive(Debug, Clone, Copy)]
pub struct Distrust<'a> {
    /// Around it.
    pub envelope: Envelope<'a>,
    /// What is wrong with them, for people.
    pub reason: &'a str,
    /// SHA-256 over the audit document as it was given, 64 lower-case hexadecimal digits.
    pub document: &'a str,
    /// The same of its companion.
    pub companion: &'a str,
    /// Version of the audit document that stays in force; empty if it has none.
    pub in_force: &'a str,
}

impl Distrust<'_> {
    /// Appends the event as one line of JSON without the line's end, not stamped yet.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        push_envelope(out, &self.envelope, TYPE_DISTRUST);
        field(out, ",\"data\":{\"reason\":", self.reason);
        field(out, ",\"documentSha256\":", self.document);
        field(out, ",\"companionSha256\":", self.companion);
        field(out, ",\"inForce\":", self.in_force);
        out.extend_from_slice(b"}}");
    }
}
