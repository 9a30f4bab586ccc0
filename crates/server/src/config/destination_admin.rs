//! How the destination cluster is reached, and which one may be (`rulings.md` 9).

use std::collections::{BTreeMap, BTreeSet};

use openmds_kafka::{
    Connection, HostPort, PropertyError, Sasl, SecurityProtocol, connection_from_properties,
};

use super::client::context;
use super::reader::Reader;

const PREFIX: &str = "confluent.security.event.logger.destination.admin.";
const SERVERS: &str = "confluent.security.event.logger.destination.admin.bootstrap.servers";
const EXPORTER_SERVERS: &str = "confluent.security.event.logger.exporter.kafka.bootstrap.servers";

/// How the destination cluster is reached.
#[derive(Clone)]
pub struct DestinationAdmin {
    properties: BTreeMap<String, String>,
    /// Addresses used until the document names some.
    pub fallback: Vec<HostPort>,
    /// Addresses that a document may name.
    pub allowed: BTreeSet<HostPort>,
}

impl DestinationAdmin {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let fallback = reader.host_ports(SERVERS);
        let named = reader.host_ports("openmds.audit.destinations.allowed");
        let mut allowed: BTreeSet<HostPort> = named.into_iter().collect();
        allowed.extend(fallback.iter().cloned());
        allowed.extend(reader.host_ports(EXPORTER_SERVERS));
        // A fault here is named where the home cluster is read.
        let home = reader.list("confluent.metadata.bootstrap.servers", ',');
        allowed.extend(home.iter().filter_map(|text| text.parse().ok()));
        let destination = Self {
            properties: reader.under(PREFIX),
            fallback,
            allowed,
        };
        if !destination.is_configured() {
            return destination;
        }
        // The addresses were checked above, and each document may bring others.
        let anywhere = HostPort {
            host: "localhost".to_string(),
            port: 1,
        };
        match destination.connection(vec![anywhere]) {
            Ok(connection) => check_password(reader, &connection),
            Err(errors) => reader.faults_of(errors),
        }
        destination
    }

    /// Whether an admin client of its own is configured; without one the home cluster's is used.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !self.properties.is_empty()
    }

    /// The connection to the destination at the given addresses.
    pub fn connection(&self, bootstrap: Vec<HostPort>) -> Result<Connection, Vec<PropertyError>> {
        let mut properties = self.properties.clone();
        let servers: Vec<String> = bootstrap.iter().map(ToString::to_string).collect();
        properties.insert("bootstrap.servers".to_string(), servers.join(","));
        connection_from_properties(&properties, &context(PREFIX, None))
    }
}

/// A document can redirect this connection: a password goes only to whom a certificate names.
fn check_password(reader: &mut Reader, connection: &Connection) {
    let sends_password = matches!(connection.sasl, Some(Sasl::Plain { .. }));
    let verified =
        connection.protocol == SecurityProtocol::SaslSsl && connection.tls.verify_hostname;
    if sends_password && !verified && !reader.flag("openmds.audit.plain.allowed") {
        reader.fault(
            &format!("{PREFIX}sasl.mechanism"),
            "PLAIN sends the password itself: use SASL_SSL with the check of host names, or SCRAM, or set openmds.audit.plain.allowed=true",
        );
    }
}
