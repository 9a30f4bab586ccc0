//! Percent-encoding of CRN values.

use alloc::string::String;
use alloc::vec::Vec;

/// Decodes `%XX`; `None` if an escape is cut short, not hexadecimal, or the bytes are not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Appends `text` with every byte encoded that has a meaning in a CRN (`%`, `/`, `=`, `*`),
/// that is a space, a control character or not ASCII.
pub(crate) fn encode_into(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'%' | b'/' | b'=' | b'*') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(
                    HEX.get(usize::from(nibble))
                        .map_or('0', |digit| char::from(*digit)),
                );
            }
        }
    }
}
