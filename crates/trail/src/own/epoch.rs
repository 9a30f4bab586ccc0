//! The first event of an epoch.

use crate::event::{field, push_display, push_envelope};
use crate::metadata::Envelope;
use crate::stamp::Opening;

/// The CloudEvents type of an epoch that opens.
pub const TYPE_EPOCH: &str = "io.openmds.trail/epoch";

/// An emitter started. Always has number 1, and is chained to [`Opening::statement`].
#[derive(Debug, Clone, Copy)]
pub struct EpochOpened<'a> {
    /// Around it.
    pub envelope: Envelope<'a>,
    /// What the statement says.
    pub opening: Opening<'a>,
    /// So many events can wait in memory: as many can be lost unseen where the epoch is killed.
    pub queue_bound: u64,
    /// SHA-256 over the DER of the certificate that signs checkpoints, 64 lower-case hexadecimal
    /// digits; `None` if there is none yet.
    pub certificate: Option<&'a str>,
    /// The release of the emitter.
    pub release: &'a str,
}

impl EpochOpened<'_> {
    /// Appends the event as one line of JSON without the line's end, not stamped yet.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        push_envelope(out, &self.envelope, TYPE_EPOCH);
        field(out, ",\"data\":{\"release\":", self.release);
        let previous = self.opening.previous.map(|epoch| epoch.to_string());
        nullable(out, ",\"previousEpoch\":", previous.as_deref());
        out.extend_from_slice(b",\"previousLast\":");
        match self.opening.end {
            Some(end) => push_display(out, end.last),
            None => out.extend_from_slice(b"null"),
        }
        let hash = self.opening.end.map(|end| end.hash.to_string());
        nullable(out, ",\"previousHash\":", hash.as_deref());
        out.extend_from_slice(b",\"queueBound\":");
        push_display(out, self.queue_bound);
        nullable(out, ",\"certificate\":", self.certificate);
        out.extend_from_slice(b"}}");
    }
}

fn nullable(out: &mut Vec<u8>, before: &str, value: Option<&str>) {
    match value {
        Some(value) => field(out, before, value),
        None => {
            out.extend_from_slice(before.as_bytes());
            out.extend_from_slice(b"null");
        }
    }
}
