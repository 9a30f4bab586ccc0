//! How registered clusters are reached (`rulings.md` 11 and 15).

use openmds_kafka::{Tls, connection_from_properties};

use super::client::{METADATA, context};
use super::reader::Reader;

/// How registered clusters are reached.
#[derive(Clone)]
pub struct Propagation {
    /// Trust and client certificate for SASL_SSL.
    pub tls: Option<Tls>,
    /// Whether tokens may be sent over SASL_PLAINTEXT to other than loopback addresses.
    pub plaintext_allowed: bool,
    /// Whether what clusters are given is signed.
    pub signed: bool,
}

impl Propagation {
    /// TLS settings are those of `confluent.metadata.admin.ssl.*`, else `confluent.metadata.ssl.*`,
    /// else `ssl.*`; the groups are not mixed.
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut tls = None;
        for prefix in ["confluent.metadata.admin.", METADATA, ""] {
            let mut properties = reader.under(prefix);
            properties.retain(|name, _| name.starts_with("ssl."));
            if properties.is_empty() {
                continue;
            }
            properties.insert("security.protocol".to_string(), "SSL".to_string());
            properties.insert("bootstrap.servers".to_string(), "127.0.0.1:1".to_string());
            match connection_from_properties(&properties, &context(prefix, None)) {
                Ok(connection) => tls = Some(connection.tls),
                Err(errors) => reader.faults_of(errors),
            }
            break;
        }
        Self {
            tls,
            plaintext_allowed: reader.flag("openmds.push.plaintext.allowed"),
            signed: reader.flag("openmds.audit.documents.sign"),
        }
    }
}
