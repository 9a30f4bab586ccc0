//! HTTP Basic as OAuth 2.0 clients send it.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

/// What the Authorization header holds.
pub(super) enum Basic {
    /// There is none.
    None,
    /// It is something else.
    Unusable,
    /// Name and password as they came, and form-decoded.
    Pairs([(String, SecretString); 2]),
}

/// Reads the header. RFC 6749, 2.3.1 wants name and password form-encoded first; Kafka's client does
/// so only if told to, librdkafka never does.
pub(super) fn basic(headers: &HeaderMap) -> Basic {
    let Some(header) = headers.get(header::AUTHORIZATION) else {
        return Basic::None;
    };
    basic_pairs(header.to_str().unwrap_or_default()).map_or(Basic::Unusable, Basic::Pairs)
}

/// Name and password of a header, as they came and form-decoded; nothing if it is not HTTP Basic.
#[must_use]
pub fn basic_pairs(header: &str) -> Option<[(String, SecretString); 2]> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    let decoded = match (form_decoded(name), form_decoded(password)) {
        (Some(name), Some(password)) => (name, password),
        _ => (name.to_string(), password.to_string()),
    };
    let raw = (name.to_string(), SecretString::from(password.to_string()));
    Some([raw, (decoded.0, SecretString::from(decoded.1))])
}

/// The text that was form-encoded to this; nothing where it cannot have been.
fn form_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_encoding_is_undone_where_it_can_have_been_done() {
        let cases = [
            ("plain", Some("plain")),
            ("a+b%2Bc%3a", Some("a b+c:")),
            ("%C3%A9", Some("é")),
            ("100%", None),
            ("%zz", None),
            ("%ff", None),
        ];
        for (text, decoded) in cases {
            assert_eq!(form_decoded(text).as_deref(), decoded, "{text}");
        }
    }
}
