//! Where the server listens.

use std::fmt;
use std::net::SocketAddr;

use super::reader::Reader;

/// Plain or encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// One address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Plain or encrypted.
    pub scheme: Scheme,
    /// Address and port.
    pub address: SocketAddr,
}

impl fmt::Display for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme.as_str(), self.address)
    }
}

impl Listener {
    /// All of them.
    pub(super) fn read(reader: &mut Reader) -> Vec<Self> {
        let property = "confluent.metadata.server.listeners";
        let mut listeners = Vec::new();
        for text in reader.list(property, ',') {
            match Self::parse(&text) {
                Ok(listener) => listeners.push(listener),
                Err(message) => reader.fault(property, message),
            }
        }
        if reader.list(property, ',').is_empty() {
            reader.fault(property, "is required: such as http://0.0.0.0:8090");
        }
        listeners
    }

    /// Parses `http://0.0.0.0:8090`.
    fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| format!("`{text}` is not `http://host:port` or `https://host:port`"))?;
        let scheme = match scheme {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => return Err(format!("`{other}` is neither http nor https")),
        };
        let rest = rest.trim_end_matches('/').replace("localhost", "127.0.0.1");
        let address = rest.parse().map_err(|_| {
            format!("`{rest}` is not an IP address and a port, such as 0.0.0.0:8090")
        })?;
        Ok(Self { scheme, address })
    }
}

/// The URLs to tell clients.
pub(super) fn advertised(reader: &Reader, listeners: &[Listener]) -> Vec<String> {
    let advertised = reader.list("confluent.metadata.server.advertised.listeners", ',');
    if advertised.is_empty() {
        listeners.iter().map(ToString::to_string).collect()
    } else {
        advertised
    }
}
