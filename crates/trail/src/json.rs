//! JSON strings, written straight into a byte buffer.

/// Appends `text` as a JSON string, quotes included (RFC 8259, 7). Only what must be escaped is.
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (clean, tail) = rest.split_at(clean_length(rest));
        out.extend_from_slice(clean);
        let Some((byte, tail)) = tail.split_first() else {
            break;
        };
        push_escaped(out, *byte);
        rest = tail;
    }
    out.push(b'"');
}

fn push_escaped(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        control => {
            out.extend_from_slice(b"\\u00");
            for nibble in [control >> 4, control & 15] {
                out.push(HEX.get(usize::from(nibble)).copied().unwrap_or(b'0'));
            }
        }
    }
}

const fn must_be_escaped(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..=0x1f)
}

/// How many bytes at the front need no escape; eight at a time, because most texts are clean.
fn clean_length(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    let clean_words = words
        .iter()
        .take_while(|word| !any_must_be_escaped(u64::from_ne_bytes(**word)))
        .count();
    let start = clean_words.saturating_mul(8);
    let rest = bytes.get(start..).unwrap_or_default();
    start.saturating_add(
        rest.iter()
            .take_while(|byte| !must_be_escaped(**byte))
            .count(),
    )
}

/// Whether a byte of the word is a quote, a backslash or below a space. May say yes for a word that
/// is clean, never no for one that is not.
const fn any_must_be_escaped(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    const fn has_zero(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    let quote = has_zero(word ^ (ONES * b'"' as u64));
    let backslash = has_zero(word ^ (ONES * b'\\' as u64));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & HIGHS != 0
}

#[cfg(test)]
mod tests {
    use super::push_string;

    #[test]
    fn every_string_survives_a_json_parser() {
        let every: String = (0..0x300)
            .filter_map(char::from_u32)
            .chain("\u{2028}\u{fffd}😀".chars())
            .collect();
        for text in [
            "",
            "plain",
            "quo\"te",
            "back\\slash",
            "a\nb\tc\rd",
            every.as_str(),
            "\u{0}",
        ] {
            let mut out = Vec::new();
            push_string(&mut out, text);
            assert!(
                out.iter().all(|byte| *byte >= 0x20),
                "{text:?} left a control character in the line"
            );
            let back: String = serde_json::from_slice(&out).unwrap();
            assert_eq!(back, text);
        }
    }
}
