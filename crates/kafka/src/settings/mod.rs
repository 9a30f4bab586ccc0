//! What is needed to connect: one setting a file, parsers included.

mod connection;
mod host_port;
mod properties;
mod sasl;
mod security_protocol;
mod stores;
mod tls;

pub use connection::Connection;
pub use host_port::{HostPort, HostPortError};
pub use properties::{
    PropertyContext, PropertyError, connection_from_properties, stores_from_properties,
};
pub use sasl::{Sasl, SaslMechanism, TokenSource, UnknownSaslMechanism};
pub use security_protocol::{SecurityProtocol, UnknownSecurityProtocol};
pub use tls::Tls;
