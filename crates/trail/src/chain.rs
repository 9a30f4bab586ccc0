//! The chain: each event carries the hash of the line before it, so that nobody changes, removes or
//! inserts one without the next one telling.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

const LENGTH: usize = 32;
/// Characters of a hash as text.
const TEXT_LENGTH: usize = 43;

/// SHA-256, shown as base64url without padding (RFC 4648, 5): 43 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; LENGTH]);

impl Hash {
    /// Over the exact bytes of a line, without its end.
    #[must_use]
    pub fn of(line: &[u8]) -> Self {
        Self(Sha256::digest(line).into())
    }

    /// As [`Display`](fmt::Display) shows it; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The half of it that is remembered of many lines: finding another line with the same half is
    /// out of reach.
    pub(crate) fn half(&self) -> [u8; 16] {
        let mut half = [0; 16];
        let bytes = half.iter_mut().zip(self.0);
        bytes.for_each(|(to, from)| *to = from);
        half
    }

    /// Appends the 43 characters.
    pub(crate) fn push(&self, out: &mut Vec<u8>) {
        let mut text = [0; TEXT_LENGTH];
        let length = URL_SAFE_NO_PAD.encode_slice(self.0, &mut text).unwrap_or(0);
        out.extend_from_slice(text.get(..length).unwrap_or_default());
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Hash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    #[test]
    fn a_hash_is_43_characters_and_reads_back() {
        // FIPS 180-2, appendix B.1, `abc`: ba7816bf 8f01cfea ...
        let hash = Hash::of(b"abc");
        assert_eq!(
            hash.to_string(),
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
        );
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        let mut pushed = Vec::new();
        hash.push(&mut pushed);
        assert_eq!(pushed, hash.to_string().into_bytes());
    }

    #[test]
    fn what_is_no_hash_is_not_read() {
        let longer = Hash::of(b"").to_string() + "A";
        for text in ["", "abc", "====", longer.as_str()] {
            assert_eq!(Hash::parse(text), None, "{text}");
        }
    }
}
