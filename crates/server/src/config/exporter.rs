//! How the server's own audit events leave it: the settings that brokers have for theirs
//! (`audit-logs.md` 6.1).

use std::collections::BTreeMap;
use std::time::Duration;

use openmds_kafka::{Connection, HostPort, PropertyError, connection_from_properties};
use openmds_policy::crn::check_authority;

use super::client::{check_password, context};
use super::reader::Reader;

const PREFIX: &str = "confluent.security.event.logger.exporter.kafka.";
const TOPIC: &str = "topic.";
const ENABLE: &str = "confluent.security.event.logger.enable";
const AUTHORITY: &str = "confluent.authorizer.authority.name";

/// The longest that one request to the destination may take, unless said otherwise.
const REQUEST: &str = "10000";

/// How the server's own audit events leave it.
#[derive(Clone)]
pub struct Exporter {
    /// Whether there are events at all.
    pub enabled: bool,
    /// The authority of the CRNs in events; usually empty.
    pub authority: String,
    properties: BTreeMap<String, String>,
    /// Addresses used until the document names some.
    pub fallback: Vec<HostPort>,
    /// How old an event may become before it goes to the log instead.
    pub delivery_timeout: Duration,
    /// Whether a destination topic that the document names and that is gone is created again.
    pub topic_create: bool,
    /// Partitions of a topic created here.
    pub topic_partitions: i32,
    /// Replicas of a topic created here.
    pub topic_replicas: i16,
}

impl Exporter {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let fallback = reader.host_ports(&format!("{PREFIX}bootstrap.servers"));
        let mut properties = reader.under(PREFIX);
        properties.retain(|name, _| !name.starts_with(TOPIC));
        let authority = reader.text(AUTHORITY).unwrap_or_default().to_string();
        if let Err(error) = check_authority(&authority) {
            reader.fault(AUTHORITY, error.to_string());
        }
        let exporter = Self {
            enabled: reader.flag_or(ENABLE, true),
            authority,
            properties,
            fallback,
            delivery_timeout: reader.millis(&format!("{PREFIX}delivery.timeout.ms"), 30_000),
            topic_create: reader.flag_or(&format!("{PREFIX}topic.create"), true),
            topic_partitions: i32::try_from(reader.count(&format!("{PREFIX}topic.partitions"), 12))
                .unwrap_or(i32::MAX),
            topic_replicas: i16::try_from(reader.count(&format!("{PREFIX}topic.replicas"), 3))
                .unwrap_or(i16::MAX),
        };
        if !exporter.is_configured() {
            return exporter;
        }
        // The addresses were checked above, and each document may bring others.
        let anywhere = HostPort {
            host: "localhost".to_string(),
            port: 1,
        };
        match exporter.connection(&[anywhere]) {
            Ok(connection) => check_password(reader, PREFIX, &connection),
            Err(errors) => reader.faults_of(errors),
        }
        exporter
    }

    /// Whether it has a connection of its own; without one the home cluster's is used there.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !self.properties.is_empty()
    }

    /// The connection to the destination at the given addresses.
    pub fn connection(&self, bootstrap: &[HostPort]) -> Result<Connection, Vec<PropertyError>> {
        let mut properties = self.properties.clone();
        let servers: Vec<String> = bootstrap.iter().map(ToString::to_string).collect();
        properties.insert("bootstrap.servers".to_string(), servers.join(","));
        properties
            .entry("request.timeout.ms".to_string())
            .or_insert_with(|| REQUEST.to_string());
        connection_from_properties(&properties, &context(PREFIX, None))
    }
}
