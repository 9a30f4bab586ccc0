//! How the destination cluster is reached, and which one may be (`rulings.md` 9).

use std::collections::{BTreeMap, BTreeSet};

use openmds_kafka::{Connection, HostPort, PropertyError, connection_from_properties};

use super::client::{check_password, context};
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
            Ok(connection) => check_password(reader, PREFIX, &connection),
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
