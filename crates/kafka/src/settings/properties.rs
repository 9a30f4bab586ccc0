//! A connection from Kafka's client properties.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{
    Connection, HostPort, Sasl, SaslMechanism, SecurityProtocol, Tls, TokenSource, stores,
};
use crate::jaas;

/// What properties alone do not say.
#[derive(Clone)]
pub struct PropertyContext {
    /// What stood before the property names, for error messages; may be empty.
    pub prefix: String,
    /// The client id of the connection.
    pub client_id: String,
    /// Used where `sasl.mechanism` is OAUTHBEARER.
    pub token_source: Option<Arc<dyn TokenSource>>,
    /// Used where `request.timeout.ms` is absent.
    pub timeout: Duration,
}

/// A property that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyError {
    /// Its full name.
    pub property: String,
    /// What is wrong and what to write instead; no secret.
    pub message: String,
}

impl std::error::Error for PropertyError {}

impl fmt::Display for PropertyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.property, self.message)
    }
}

/// Reads the connection that Kafka client properties describe, with the files they name.
///
/// The names come without `context.prefix`; unknown ones are ignored. All errors at once.
pub fn connection_from_properties(
    properties: &BTreeMap<String, String>,
    context: &PropertyContext,
) -> Result<Connection, Vec<PropertyError>> {
    let mut reader = Reader {
        properties,
        context,
        errors: Vec::new(),
    };
    let bootstrap = bootstrap(&mut reader);
    let protocol = protocol(&mut reader);
    let sasl = if protocol.is_some_and(SecurityProtocol::uses_sasl) {
        sasl(&mut reader)
    } else {
        None
    };
    let tls = if protocol.is_some_and(SecurityProtocol::uses_tls) {
        stores::tls(&mut reader)
    } else {
        Tls::default()
    };
    let timeout = timeout(&mut reader);
    match protocol {
        Some(protocol) if reader.errors.is_empty() => Ok(Connection {
            bootstrap,
            protocol,
            sasl,
            tls,
            client_id: context.client_id.clone(),
            timeout,
        }),
        _ => Err(reader.errors),
    }
}

/// Reads the key store, and the trust store if one is named, that a listener's `ssl.*` properties
/// describe. The names come without the prefix; all errors at once.
pub fn stores_from_properties(
    properties: &BTreeMap<String, String>,
    prefix: &str,
) -> Result<Tls, Vec<PropertyError>> {
    let context = PropertyContext {
        prefix: prefix.to_owned(),
        client_id: String::new(),
        token_source: None,
        timeout: Duration::ZERO,
    };
    let mut reader = Reader {
        properties,
        context: &context,
        errors: Vec::new(),
    };
    let tls = stores::listener(&mut reader);
    if reader.errors.is_empty() {
        Ok(tls)
    } else {
        Err(reader.errors)
    }
}

/// Properties with the errors found so far.
pub(super) struct Reader<'a> {
    properties: &'a BTreeMap<String, String>,
    context: &'a PropertyContext,
    errors: Vec<PropertyError>,
}

impl<'a> Reader<'a> {
    /// A property's value without blanks around it; `None` where it is absent or empty.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// As [`Self::get`], but an empty value is a value.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        self.properties.get(name).map(|value| value.trim())
    }

    pub(super) fn fail(&mut self, name: &str, message: impl Into<String>) {
        let property = format!("{}{name}", self.context.prefix);
        self.errors.push(PropertyError {
            property,
            message: message.into(),
        });
    }
}

fn bootstrap(reader: &mut Reader<'_>) -> Vec<HostPort> {
    const NAME: &str = "bootstrap.servers";
    let mut servers = Vec::new();
    for text in reader
        .get(NAME)
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
    {
        if text.is_empty() {
            continue;
        }
        match text.parse::<HostPort>() {
            Ok(server) => servers.push(server),
            Err(error) => {
                reader.fail(NAME, error.to_string());
                return servers;
            }
        }
    }
    if servers.is_empty() {
        reader.fail(NAME, "name at least one broker as host:port");
    }
    servers
}

fn protocol(reader: &mut Reader<'_>) -> Option<SecurityProtocol> {
    const NAME: &str = "security.protocol";
    match reader.get(NAME).unwrap_or("PLAINTEXT").parse() {
        Ok(protocol) => Some(protocol),
        Err(error) => {
            reader.fail(NAME, error.to_string());
            None
        }
    }
}

fn sasl(reader: &mut Reader<'_>) -> Option<Sasl> {
    const MECHANISM: &str = "sasl.mechanism";
    const JAAS: &str = "sasl.jaas.config";
    // Kafka's own default, GSSAPI, is not supported here.
    let Some(name) = reader.get(MECHANISM) else {
        reader.fail(
            MECHANISM,
            "set PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER",
        );
        return None;
    };
    let mechanism = match name.parse::<SaslMechanism>() {
        Ok(mechanism) => mechanism,
        Err(error) => {
            reader.fail(MECHANISM, error.to_string());
            return None;
        }
    };
    if mechanism == SaslMechanism::OAuthBearer {
        let source = reader.context.token_source.clone();
        if source.is_none() {
            reader.fail(
                MECHANISM,
                "there is no source of tokens here; use PLAIN or SCRAM",
            );
        }
        return source.map(Sasl::OAuthBearer);
    }
    let Some(text) = reader.get(JAAS) else {
        reader.fail(
            JAAS,
            format!("{mechanism} needs a login module with username and password"),
        );
        return None;
    };
    match jaas::parse(mechanism, text) {
        Ok(sasl) => Some(sasl),
        Err(error) => {
            reader.fail(JAAS, error.to_string());
            None
        }
    }
}

fn timeout(reader: &mut Reader<'_>) -> Duration {
    const NAME: &str = "request.timeout.ms";
    match reader.get(NAME).map(str::parse::<u64>) {
        None => reader.context.timeout,
        Some(Ok(ms)) if (1..=3_600_000).contains(&ms) => Duration::from_millis(ms),
        Some(_) => {
            reader.fail(NAME, "must be a number of milliseconds from 1 to 3600000");
            reader.context.timeout
        }
    }
}

#[cfg(test)]
mod tests;
