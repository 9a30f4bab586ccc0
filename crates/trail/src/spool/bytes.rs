//! Numbers and texts in the bytes of a spool. All numbers are big-endian.

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let end = at.checked_add(8)?;
    Some(u64::from_be_bytes(bytes.get(at..end)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    Some(u32::from_be_bytes(bytes.get(at..end)?.try_into().ok()?))
}

pub(super) fn length_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// The text that begins there, and where it ends.
pub(super) fn text_at(bytes: &[u8], at: usize) -> Option<(&str, usize)> {
    let begin = at.checked_add(2)?;
    let length = u16::from_be_bytes(bytes.get(at..begin)?.try_into().ok()?);
    let end = begin.checked_add(usize::from(length))?;
    Some((std::str::from_utf8(bytes.get(begin..end)?).ok()?, end))
}

pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    let cut = text.as_bytes().get(..usize::from(length));
    out.extend_from_slice(cut.unwrap_or_default());
}

pub(super) fn push_length(out: &mut Vec<u8>, length: usize) {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
}

/// Overwrites what stands there.
pub(super) fn put(out: &mut [u8], at: usize, bytes: [u8; 4]) {
    let place = out.iter_mut().skip(at).take(4);
    place.zip(bytes).for_each(|(to, byte)| *to = byte);
}

/// Of everything but itself: bytes 8 to 12 are the checksum.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    let before = crc32c::crc32c(bytes.get(..8).unwrap_or_default());
    crc32c::crc32c_append(before, bytes.get(12..).unwrap_or_default())
}
