//! Keeps the first byte of a mark out of what is not one: compressed bytes may be any, and whoever
//! causes events must not be able to write a block into a block.

use std::borrow::Cow;

/// Begins marks.
pub(super) const MARKED: u8 = 0xFE;
/// Stands, followed by 0 or 1, for itself or for [`MARKED`].
const ESCAPE: u8 = 0xFD;

pub(super) fn escape(bytes: &[u8], out: &mut Vec<u8>) {
    let mut from = 0_usize;
    for at in memchr::memchr2_iter(MARKED, ESCAPE, bytes) {
        out.extend_from_slice(bytes.get(from..at).unwrap_or_default());
        let marked = bytes.get(at) == Some(&MARKED);
        out.extend_from_slice(&[ESCAPE, u8::from(marked)]);
        from = at.saturating_add(1);
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or_default());
}

/// `None` for what [`escape`] does not write.
pub(super) fn unescape(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(ESCAPE, rest) {
        if out.is_empty() {
            out.reserve(bytes.len());
        }
        let (before, escaped) = rest.split_at_checked(at)?;
        let (sign, behind) = escaped.get(1..)?.split_first()?;
        out.extend_from_slice(before);
        out.push(match sign {
            0 => ESCAPE,
            1 => MARKED,
            _ => return None,
        });
        rest = behind;
    }
    if out.is_empty() {
        return Some(Cow::Borrowed(rest));
    }
    out.extend_from_slice(rest);
    Some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::{MARKED, escape, unescape};

    #[test]
    fn no_byte_begins_a_mark_and_all_come_back() {
        let every: Vec<u8> = (0..=255)
            .flat_map(|byte| [byte, 0xFE, byte, 0xFD])
            .collect();
        for bytes in [&b""[..], b"{}", &[0xFE], &[0xFD, 0xFE, 0xFE], &every] {
            let mut escaped = Vec::new();
            escape(bytes, &mut escaped);
            assert!(!escaped.contains(&MARKED));
            assert_eq!(unescape(&escaped).unwrap(), bytes);
        }
        for broken in [&[0xFD][..], &[0xFD, 2], &[1, 0xFD, 0xFF]] {
            assert!(unescape(broken).is_none(), "{broken:?}");
        }
    }
}
