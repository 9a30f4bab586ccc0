//! Where the server listens.

use std::net::SocketAddr;

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

impl Listener {
    /// Parses `http://0.0.0.0:8090`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
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
