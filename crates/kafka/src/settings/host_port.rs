//! An address as Kafka's `bootstrap.servers` spells it.

use std::fmt;
use std::str::FromStr;

/// Host name or IP address, and port. IPv6 addresses stand in brackets in text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    /// Host name or IP address, without brackets.
    pub host: String,
    /// Port, never 0.
    pub port: u16,
}

/// Why a text is not `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostPortError {
    /// No port.
    #[error("`{0}` has no port; write host:port, an IPv6 address as [address]:port")]
    MissingPort(String),
    /// Nothing usable before the port.
    #[error("`{0}` has no valid host before the port; write host:port")]
    InvalidHost(String),
    /// Not a port.
    #[error("`{0}` has no valid port; it must be a number from 1 to 65535")]
    InvalidPort(String),
}

impl FromStr for HostPort {
    type Err = HostPortError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        // The Java client accepts and drops a scheme such as `SASL_SSL://`.
        let address = text.split_once("://").map_or(text, |(_, rest)| rest);
        let (host, port) = match address.strip_prefix('[') {
            Some(bracketed) => bracketed.split_once("]:"),
            None => address.rsplit_once(':'),
        }
        .ok_or_else(|| HostPortError::MissingPort(text.to_owned()))?;
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || "[]/@,\"'".contains(c);
        let ambiguous = host.contains(':') && !address.starts_with('[');
        if host.is_empty() || host.contains(forbidden) || ambiguous {
            return Err(HostPortError::InvalidHost(text.to_owned()));
        }
        let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        match port.parse::<u16>() {
            Ok(port) if port > 0 && digits => Ok(Self {
                host: host.to_owned(),
                port,
            }),
            _ => Err(HostPortError::InvalidPort(text.to_owned())),
        }
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> HostPort {
        text.parse().unwrap()
    }

    #[test]
    fn reads_names_addresses_and_schemes() {
        assert_eq!(
            parsed("kafka-1.example:9092").to_string(),
            "kafka-1.example:9092"
        );
        assert_eq!(parsed(" 127.0.0.1:1 ").port, 1);
        assert_eq!(parsed("[::1]:9092").host, "::1");
        assert_eq!(parsed("[::1]:9092").to_string(), "[::1]:9092");
        assert_eq!(parsed("SASL_SSL://b:9093").to_string(), "b:9093");
    }

    #[test]
    fn refuses_what_is_no_address() {
        let error = |text: &str| text.parse::<HostPort>().unwrap_err();
        assert!(matches!(error("kafka"), HostPortError::MissingPort(_)));
        assert!(matches!(error("[::1]"), HostPortError::MissingPort(_)));
        assert!(matches!(error(":9092"), HostPortError::InvalidHost(_)));
        assert!(matches!(error("::1:9092"), HostPortError::InvalidHost(_)));
        assert!(matches!(error("a b:9092"), HostPortError::InvalidHost(_)));
        for port in ["", "0", "65536", "+9092", "x"] {
            assert!(matches!(
                error(&format!("kafka:{port}")),
                HostPortError::InvalidPort(_)
            ));
        }
    }
}
