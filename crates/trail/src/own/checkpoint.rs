//! The event that vouches for the chain up to it.

use crate::event::{field, push_display, push_envelope};
use crate::metadata::Envelope;
use crate::stamp::End;

/// The CloudEvents type of a checkpoint.
pub const TYPE_CHECKPOINT: &str = "io.openmds.trail/checkpoint";

/// Who signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer<'a> {
    /// SHA-256 over the DER of its certificate, 64 lower-case hexadecimal digits.
    pub fingerprint: &'a str,
    /// The certificate, and those that lead to its authority, as PEM: once in an epoch, and again
    /// when it is another.
    pub certificate: Option<&'a str>,
}

/// The emitter's signature over [`checkpoint_statement`](crate::checkpoint_statement) of the event
/// before this one.
#[derive(Debug, Clone, Copy)]
pub struct Checkpoint<'a> {
    /// Around it.
    pub envelope: Envelope<'a>,
    /// Number of the event before this one, and hash of its line.
    pub end: End,
    /// ECDSA on P-256 with SHA-256: DER in base64.
    pub signature: &'a str,
    /// Whose it is.
    pub signer: Signer<'a>,
}

impl Checkpoint<'_> {
    /// Appends the event as one line of JSON without the line's end, not stamped yet.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        push_envelope(out, &self.envelope, TYPE_CHECKPOINT);
        out.extend_from_slice(b",\"data\":{\"sequence\":");
        push_display(out, self.end.last);
        field(out, ",\"hash\":", &self.end.hash.to_string());
        field(out, ",\"algorithm\":", "ES256");
        field(out, ",\"signature\":", self.signature);
        field(out, ",\"fingerprint\":", self.signer.fingerprint);
        if let Some(certificate) = self.signer.certificate {
            field(out, ",\"certificate\":", certificate);
        }
        out.extend_from_slice(b"}}");
    }
}
