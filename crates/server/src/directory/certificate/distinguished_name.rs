//! A certificate's subject as Java's `X500Principal.getName()` prints it (RFC 2253), because rules
//! and bindings are written against that text. The cases below were printed by Java 17.

use x509_parser::asn1_rs::Any;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// Attribute types with a keyword in RFC 2253, section 2.3; others are written as numbers.
const KEYWORDS: [(&str, &str); 9] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
];

/// ASN.1 tags that Java prints as text: UTF8, Printable, T61, IA5, General and BMP strings.
const TEXTS: [u32; 6] = [12, 19, 20, 22, 27, 30];

/// Characters that a backslash goes before.
const ESCAPED: &str = ",=+<>#;\"\\";

/// The subject of a certificate in DER.
pub fn subject(certificate: &[u8]) -> Result<String, String> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate)
        .map_err(|error| format!("the client certificate cannot be read: {error}"))?;
    Ok(text(certificate.subject()))
}

/// The last component first; the parts of one component in their order.
fn text(name: &X509Name<'_>) -> String {
    let mut components: Vec<String> = name
        .iter_rdn()
        .map(|component| {
            component
                .iter()
                .map(attribute)
                .collect::<Vec<_>>()
                .join("+")
        })
        .collect();
    components.reverse();
    components.join(",")
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let number = attribute.attr_type().to_id_string();
    let keyword = KEYWORDS.iter().find(|(known, _)| *known == number);
    let value = attribute.attr_value();
    match keyword {
        Some((_, keyword)) if TEXTS.contains(&value.header.tag().0) => {
            format!(
                "{keyword}={}",
                escaped(&String::from_utf8_lossy(value.data))
            )
        }
        Some((_, keyword)) => format!("{keyword}={}", hexadecimal(value)),
        None => format!("{number}={}", hexadecimal(value)),
    }
}

fn escaped(value: &str) -> String {
    let blank = |character: char| character == ' ' || character == '\r';
    let inner = value.trim_matches(blank);
    let lead = value.len() - value.trim_start_matches(blank).len();
    let mut text = String::with_capacity(value.len() + 8);
    for (position, character) in value.char_indices() {
        let outside = position < lead || position >= lead + inner.len();
        if outside || ESCAPED.contains(character) {
            text.push('\\');
        }
        match character {
            '\0' => text.push_str("\\00"),
            _ => text.push(character),
        }
    }
    text
}

/// `#` and the value's DER.
fn hexadecimal(value: &Any<'_>) -> String {
    let length = value.data.len();
    let tag = value.header.tag().0
        | if value.header.is_constructed() {
            0x20
        } else {
            0
        };
    let length = match length {
        0..128 => format!("{length:02x}"),
        128..256 => format!("81{length:02x}"),
        _ => format!("82{length:04x}"),
    };
    let data: String = value
        .data
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("#{tag:02x}{length}{data}")
}

/// A name from its DER, for tests.
#[cfg(test)]
fn parsed(der: &[u8]) -> String {
    use x509_parser::prelude::FromDer as _;
    text(&X509Name::from_der(der).unwrap().1)
}

#[cfg(test)]
#[path = "distinguished_name_tests.rs"]
mod tests;
