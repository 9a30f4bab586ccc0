//! What all connections of this server have in common.

use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::{Connection, PropertyContext, Sasl, SecurityProtocol, TokenSource};

use super::reader::Reader;

/// What the client id of the server's own connections is.
const CLIENT_ID: &str = "openmds";

/// Kafka's own default is 30 s; a metadata service that waits so long looks dead.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// What stands before the names of the server's own client properties.
pub(super) const METADATA: &str = "confluent.metadata.";

/// What reading client properties needs to know beside them.
pub(super) fn context(prefix: &str, token_source: Option<Arc<dyn TokenSource>>) -> PropertyContext {
    PropertyContext {
        prefix: prefix.to_string(),
        client_id: CLIENT_ID.to_string(),
        token_source,
        timeout: CONNECTION_TIMEOUT,
    }
}

/// A document can redirect this connection: a password goes only to whom a certificate names
/// (`rulings.md` 9).
pub(super) fn check_password(reader: &mut Reader, prefix: &str, connection: &Connection) {
    let sends_password = matches!(connection.sasl, Some(Sasl::Plain { .. }));
    let verified =
        connection.protocol == SecurityProtocol::SaslSsl && connection.tls.verify_hostname;
    if sends_password && !verified && !reader.flag("openmds.audit.plain.allowed") {
        reader.fault(
            &format!("{prefix}sasl.mechanism"),
            "PLAIN sends the password itself: use SASL_SSL with the check of host names, or SCRAM, or set openmds.audit.plain.allowed=true",
        );
    }
}
