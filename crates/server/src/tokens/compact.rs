//! Taking a signed token apart, before anything in it is believed (RFC 7515).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, de::IgnoredAny};

/// Longest token that is looked at, bytes.
pub(super) const LONGEST: usize = 16 * 1024;

/// The members of a header that decide anything. Keys that a header brings along or points to
/// (`jwk`, `jku`, `x5c`, `x5u`) are not read at all.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
    zip: Option<IgnoredAny>,
    enc: Option<IgnoredAny>,
}

/// A signed token in its three parts; nothing of it has been verified.
pub(super) struct Compact<'a> {
    /// The algorithm that its header claims.
    pub(super) algorithm: String,
    /// The id of the key that it says signed it.
    pub(super) key_id: Option<String>,
    /// What was signed: header and payload as they came.
    pub(super) message: &'a [u8],
    /// The signature in base64url.
    pub(super) signature: &'a str,
    /// The claims as JSON text.
    pub(super) payload: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Splits a token; nothing where it is not a plain signed JWT.
    pub(super) fn parse(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        if signature.is_empty() || payload.contains('.') {
            return None;
        }
        // A member that is there twice is refused by the parser: who reads the first and who reads
        // the last would see two tokens.
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let plain = header.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("jwt"))
            && header.crit.is_none()
            && header.b64.is_none()
            && header.zip.is_none()
            && header.enc.is_none();
        plain.then_some(())?;
        Some(Self {
            algorithm: header.alg,
            key_id: header.kid,
            message: message.as_bytes(),
            signature,
            payload: URL_SAFE_NO_PAD.decode(payload).ok()?,
        })
    }
}
