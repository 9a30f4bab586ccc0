//! The only crate that knows a Kafka client library.
//!
//! The rest of OpenMDS sees five narrow traits ([`Connector`], [`Admin`], [`ControllerAdmin`],
//! [`EventWriter`], [`EventReader`]), the settings that a connection needs, and one error type whose messages are written for operators.
//! [`WireConnector`] is the implementation for real clusters, [`fake`] the one for tests.
//! No decision about what to push, to record or to read lives here.

mod admin;
mod error;
mod events;
pub mod fake;
pub mod jaas;
mod keystore;
mod pem;
mod probe;
mod reading;
mod settings;
mod wire;

pub use admin::{
    Admin, BrokerNode, ClusterDescription, ConfigValue, Connector, ControllerAdmin, ListedAcls,
    NodeConfig, TopicDescription,
};
pub use error::KafkaError;
pub use events::{EventRecord, EventWriter, NewTopic};
pub use probe::{HostProbe, ProbeStep};
pub use reading::{EventReader, OffsetAt, ReadBatch, ReadRecord};
pub use settings::{
    Connection, HostPort, HostPortError, PropertyContext, PropertyError, Sasl, SaslMechanism,
    SecurityProtocol, Tls, TokenSource, UnknownSaslMechanism, UnknownSecurityProtocol,
    connection_from_properties, stores_from_properties,
};
pub use wire::{WireConnector, believes_scram, reads_answer, reads_batches, tls_client_config};

/// The largest configuration value that Kafka carries, in bytes of UTF-8.
///
/// Kafka's generated code refuses longer strings on both ends (`MessageDataGenerator`); a broker
/// answers an oversized one by dropping the connection, so it is measured before sending.
pub const MAX_CONFIG_VALUE_BYTES: usize = 32_767;
