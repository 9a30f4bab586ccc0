//! Who says whether a signature is good: not this crate, which has no cryptography but hashes.

/// What an emitter signed.
#[derive(Debug, Clone, Copy)]
pub struct SignedStatement<'a> {
    /// The emitter that the statement is about.
    pub emitter: &'a str,
    /// The exact text that was signed (`openmds-checkpoint-v1`, ...).
    pub statement: &'a str,
    /// ECDSA on P-256 with SHA-256: DER in base64.
    pub signature: &'a str,
    /// SHA-256 over the DER of the signer's certificate, lower-case hexadecimal.
    pub fingerprint: &'a str,
    /// The certificate, and those that lead to its authority, as PEM, if the trail had it.
    pub certificate: Option<&'a str>,
    /// When it was signed, as the event says, milliseconds since 1970.
    pub time_ms: i64,
}

/// Checks signatures with public keys.
pub trait Signatures {
    /// Whether the signature is good, and by somebody who is trusted to speak for that emitter.
    ///
    /// # Errors
    ///
    /// Why not, in words that follow `the signature is not accepted:`.
    fn check(&self, signed: &SignedStatement<'_>) -> Result<(), String>;
}
