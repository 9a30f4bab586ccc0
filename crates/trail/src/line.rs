//! What a finished line says of itself, read without understanding the rest.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr, memmem};

use crate::own::OWN_TYPES;

/// What only few lines have: all others are told from them by one look.
static OWN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(OWN_TYPES));
static LAST: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"sequencelast\":\""));

/// What stands before `data`.
fn head(line: &[u8]) -> Option<&[u8]> {
    // Inside of a string the quotes would be escaped, so the first match is the attribute.
    let head = line.get(..memmem::find(line, b",\"data\":")?)?;
    // OCSF: the attributes stand in there, and others of the same names before it.
    head.get(memmem::find(head, b",\"unmapped\":{").unwrap_or_default()..)
}

/// The value of an attribute, given as `"name":"`, as it is written.
fn attribute<'a>(head: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let from = memmem::find(head, name.as_bytes())?.checked_add(name.len())?;
    let value = head.get(from..)?;
    value.get(..memchr(b'"', value)?)
}

/// Whether the event is about the trail itself.
#[must_use]
pub fn is_own(line: &[u8]) -> bool {
    OWN.find(line)
        .and_then(|_| head(line))
        .and_then(|head| attribute(head, "\"type\":\""))
        .is_some_and(|value| value.starts_with(OWN_TYPES.as_bytes()))
}

/// So many numbers the event stands for; 1 if it does not say.
#[must_use]
pub fn numbers_of(line: &[u8]) -> u64 {
    let number = |head, name| {
        let digits = std::str::from_utf8(attribute(head, name)?).ok()?;
        digits.parse::<u64>().ok()
    };
    let head = LAST.find(line).and_then(|_| head(line));
    let both = head.and_then(|head| {
        let last = number(head, "\"sequencelast\":\"")?;
        Some((number(head, "\"sequence\":\"")?, last))
    });
    both.map_or(1, |(first, last)| {
        last.saturating_sub(first).saturating_add(1)
    })
}

#[cfg(test)]
mod tests {
    use super::{is_own, numbers_of};

    #[test]
    fn only_attributes_count() {
        let own =
            br#"{"type":"io.openmds.trail/loss","sequence":"7","sequencelast":"9","data":{}}"#;
        assert!(is_own(own));
        assert_eq!(numbers_of(own), 3);
        let ocsf = br#"{"resources":[{"type":"Topic"}],"unmapped":{"type":"io.openmds.trail/loss","sequence":"7","sequencelast":"9","data":{}}}"#;
        assert!(is_own(ocsf));
        assert_eq!(numbers_of(ocsf), 3);
        for other in [
            r#"{"subject":"\"type\":\"io.openmds.trail/loss\"","type":"a","sequence":"7","data":{}}"#,
            r#"{"type":"a","data":{"type":"io.openmds.trail/loss","sequence":"1","sequencelast":"5"}}"#,
            "",
            r#"{"type":"io.openmds.trail/loss"}"#,
        ] {
            assert!(!is_own(other.as_bytes()), "{other}");
            assert_eq!(numbers_of(other.as_bytes()), 1, "{other}");
        }
    }
}
