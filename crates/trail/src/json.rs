//! JSON strings, written straight into a byte buffer.

/// Appends `text` as a JSON string, quotes included (RFC 8259, 7). Only what must be escaped is.
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
    {
        let (clean, tail) = rest.split_at(at);
        out.extend_from_slice(clean);
        let Some((byte, tail)) = tail.split_first() else {
            break;
        };
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
        rest = tail;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
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
