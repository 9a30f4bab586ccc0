//! What a node's certificate says: whose node it is, which one, and until when.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use openmds_policy::names::ClusterId;
use serde::{Deserialize, Serialize};
use x509_parser::extensions::GeneralName;

/// What the name of a node begins with, as an URI in its certificate.
const CLUSTER: &str = "openmds:cluster:";

/// What stands before the node's id.
const NODE: &str = ":node:";

/// A certificate's serial: 16 bytes, shown as 32 lower-case hexadecimal digits. The first digit is
/// never 0, so that every program prints the same text for the number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Serial(String);

impl Serial {
    /// The number as it stands in a certificate, big-endian.
    #[must_use]
    pub fn of(number: &[u8]) -> Self {
        let leading = number.iter().take_while(|byte| **byte == 0).count();
        Self(hexadecimal(number.get(leading..).unwrap_or_default()))
    }

    /// A number that nobody can guess.
    pub(super) fn random_number() -> Result<[u8; 16], String> {
        let mut number = [0; 16];
        aws_lc_rs::rand::fill(&mut number).map_err(|error| error.to_string())?;
        if let Some(first) = number.first_mut() {
            *first = *first & 0x3f | 0x40;
        }
        Ok(number)
    }

    /// The serial as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a certificate of the enrolment authority says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeCertificate {
    /// The Kafka cluster that the node belongs to.
    pub cluster: ClusterId,
    /// The node's id.
    pub node: i32,
    /// Which of the node's certificates it is.
    pub serial: Serial,
    /// When it ends.
    pub expires: Timestamp,
}

impl NodeCertificate {
    /// Reads a certificate (DER) whose signature was verified before: nothing in it is proven here.
    pub fn read(der: &[u8]) -> Result<Self, String> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der)
            .map_err(|error| format!("the node's certificate cannot be read: {error}"))?;
        let names = certificate
            .subject_alternative_name()
            .ok()
            .flatten()
            .map(|names| names.value.general_names.clone())
            .unwrap_or_default();
        let said = match names.as_slice() {
            [GeneralName::URI(uri)] => parse(uri),
            _ => None,
        };
        let (cluster, node) =
            said.ok_or_else(|| "the certificate does not say which node it is for".to_string())?;
        let expires = certificate.validity().not_after.timestamp();
        Ok(Self {
            cluster,
            node,
            serial: Serial::of(certificate.raw_serial()),
            expires: Timestamp::from_second(expires).map_err(|error| error.to_string())?,
        })
    }
}

/// The name of a node: `openmds:cluster:<cluster id>:node:<node id>`. What an URI may not hold, and
/// the colon, stands as `%` and two digits.
#[must_use]
pub(crate) fn identity(cluster: &ClusterId, node: i32) -> String {
    let mut text = String::from(CLUSTER);
    for byte in cluster.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text.push_str(NODE);
    text.push_str(&node.to_string());
    text
}

/// Takes a name apart, if it is spelt exactly as [`identity`] spells it.
fn parse(text: &str) -> Option<(ClusterId, i32)> {
    let (cluster, node) = text.strip_prefix(CLUSTER)?.split_once(NODE)?;
    let node: i32 = node.parse().ok()?;
    let mut bytes = Vec::new();
    let mut rest = cluster.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(others.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = others.get(2..)?;
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    let cluster = ClusterId::new(&String::from_utf8(bytes).ok()?);
    (identity(&cluster, node) == text).then_some((cluster, node))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// DER as PEM text.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in STANDARD.encode(der).as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str(&format!("-----END {label}-----\n"));
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_nodes_are_read_as_they_are_written() {
        let ids = ["DBS26_qTQ-mT23p5opUK_g", "a:node:1", "ä b%41\0", ""];
        for id in ids {
            for node in [0, 1, i32::MAX, -1] {
                let cluster = ClusterId::new(id);
                let text = identity(&cluster, node);
                assert!(text.is_ascii() && !text.contains(' '), "{text}");
                assert_eq!(parse(&text), Some((cluster, node)), "{text}");
            }
        }
        assert_eq!(
            identity(&ClusterId::new("a:b"), 7),
            "openmds:cluster:a%3Ab:node:7"
        );
    }

    #[test]
    fn other_spellings_are_nobody() {
        for text in [
            "openmds:cluster:a:node:01",
            "openmds:cluster:a:node:+1",
            "openmds:cluster:%61:node:1",
            "openmds:cluster:a%3ab:node:1",
            "openmds:cluster:a%:node:1",
            "openmds:cluster:a%+1:node:1",
            "openmds:cluster:a:node:1:node:2",
            "openmds:cluster:a:node:",
            "openmds:cluster:a:node:4294967296",
            "OPENMDS:cluster:a:node:1",
            "",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn serials_are_plain_numbers() {
        assert_eq!(Serial::of(&[0, 0x4a, 1]).as_str(), "4a01");
        let number = Serial::random_number().unwrap();
        assert!((0x40..0x80).contains(&number[0]));
        assert_eq!(Serial::of(&number).as_str().len(), 32);
    }
}
