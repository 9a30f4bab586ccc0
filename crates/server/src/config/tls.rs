//! TLS of the https listeners (`rbac-registry-tokens.md` 3.6).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use openmds_kafka::{PropertyError, Tls, stores_from_properties};

use super::listeners::{Listener, Scheme};
use super::reader::Reader;

const PREFIX: &str = "confluent.metadata.server.";
const KEY: &str = "confluent.metadata.server.ssl.keystore.location";
const INLINE_KEY: &str = "confluent.metadata.server.ssl.keystore.key";
const TRUST: &str = "confluent.metadata.server.ssl.truststore.location";
const INLINE_TRUST: &str = "confluent.metadata.server.ssl.truststore.certificates";
const CLIENTS: &str = "confluent.metadata.server.ssl.client.authentication";
const PROTOCOLS: &str = "confluent.metadata.server.ssl.enabled.protocols";

/// Whether a client shows a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// It is not asked for one.
    None,
    /// It may: one that does not verify counts as none.
    Requested,
    /// It must: without one that verifies there is no connection.
    Required,
}

/// TLS of the https listeners.
#[derive(Clone)]
pub struct ServerTls {
    properties: BTreeMap<String, String>,
    /// Whether a client shows a certificate.
    pub client_authentication: ClientAuthentication,
    /// Names of the cipher suites to offer, as Java spells them; all good ones if empty.
    pub cipher_suites: Vec<String>,
    /// Whether TLS 1.2 is offered.
    pub tls12: bool,
    /// Whether TLS 1.3 is offered.
    pub tls13: bool,
    /// Whether HTTP/2 is offered.
    pub http2: bool,
    /// How often the files are looked at again.
    pub reload_interval: Duration,
}

impl ServerTls {
    /// `None` without an https listener.
    pub(super) fn read(reader: &mut Reader, listeners: &[Listener]) -> Option<Self> {
        let client_authentication = client_authentication(reader);
        let (tls12, tls13) = protocols(reader);
        let tls = Self {
            properties: reader.under(PREFIX),
            client_authentication,
            cipher_suites: reader.list("confluent.metadata.server.ssl.cipher.suites", ','),
            tls12,
            tls13,
            http2: reader.flag_or("confluent.metadata.server.http2.enabled", true),
            reload_interval: reader.millis("openmds.ssl.reload.interval.ms", 10_000),
        };
        if !listeners
            .iter()
            .any(|listener| listener.scheme == Scheme::Https)
        {
            return None;
        }
        if reader.text(KEY).or(reader.text(INLINE_KEY)).is_none() {
            reader.required(
                KEY,
                "a file with the certificate chain and the private key, for the https listener",
            );
            return None;
        }
        let trusts = reader.text(TRUST).or(reader.text(INLINE_TRUST)).is_some();
        if client_authentication != ClientAuthentication::None && !trusts {
            reader.required(
                TRUST,
                "the authorities that clients' certificates must come from, because certificates are asked for",
            );
        }
        if let Err(errors) = tls.stores() {
            reader.faults_of(errors);
        }
        Some(tls)
    }

    /// Key store and trust store, read anew.
    pub fn stores(&self) -> Result<Tls, Vec<PropertyError>> {
        stores_from_properties(&self.properties, PREFIX)
    }

    /// The files that the stores are read from.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let names = ["ssl.keystore.location", "ssl.truststore.location"];
        let named = names.iter().filter_map(|name| self.properties.get(*name));
        named
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
            .collect()
    }
}

fn client_authentication(reader: &mut Reader) -> ClientAuthentication {
    let names = ["NONE", "REQUESTED", "REQUIRED"];
    reader.one_of(CLIENTS, &names, "");
    match reader.text(CLIENTS) {
        Some("REQUESTED") => ClientAuthentication::Requested,
        Some("REQUIRED") => ClientAuthentication::Required,
        _ => ClientAuthentication::None,
    }
}

/// TLS 1.2 and TLS 1.3, both unless told otherwise.
fn protocols(reader: &mut Reader) -> (bool, bool) {
    let named = reader.list(PROTOCOLS, ',');
    for name in &named {
        if !["TLSv1.2", "TLSv1.3"].contains(&name.as_str()) {
            reader.fault(
                PROTOCOLS,
                format!("`{name}` is not offered; use TLSv1.2 and TLSv1.3"),
            );
        }
    }
    let has = |name: &str| named.is_empty() || named.iter().any(|one| one == name);
    (has("TLSv1.2"), has("TLSv1.3"))
}
