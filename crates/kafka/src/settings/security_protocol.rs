//! What a listener speaks.

use std::fmt;
use std::str::FromStr;

/// Kafka's `security.protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecurityProtocol {
    /// Neither TLS nor login.
    Plaintext,
    /// TLS, login by client certificate at most.
    Ssl,
    /// Login without TLS.
    SaslPlaintext,
    /// Login within TLS.
    SaslSsl,
}

/// Not one of Kafka's four names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no security protocol; use PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL")]
pub struct UnknownSecurityProtocol(String);

impl SecurityProtocol {
    /// Whether the connection is encrypted.
    pub fn uses_tls(self) -> bool {
        matches!(self, Self::Ssl | Self::SaslSsl)
    }

    /// Whether a SASL login follows.
    pub fn uses_sasl(self) -> bool {
        matches!(self, Self::SaslPlaintext | Self::SaslSsl)
    }
}

impl FromStr for SecurityProtocol {
    type Err = UnknownSecurityProtocol;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_uppercase().as_str() {
            "PLAINTEXT" => Ok(Self::Plaintext),
            "SSL" => Ok(Self::Ssl),
            "SASL_PLAINTEXT" => Ok(Self::SaslPlaintext),
            "SASL_SSL" => Ok(Self::SaslSsl),
            _ => Err(UnknownSecurityProtocol(text.to_owned())),
        }
    }
}

impl fmt::Display for SecurityProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plaintext => "PLAINTEXT",
            Self::Ssl => "SSL",
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_kafkas_four_names_in_any_case() {
        for name in ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] {
            assert_eq!(name.parse::<SecurityProtocol>().unwrap().to_string(), name);
            assert!(name.to_lowercase().parse::<SecurityProtocol>().is_ok());
        }
        let error = "TLS".parse::<SecurityProtocol>().unwrap_err();
        assert!(error.to_string().contains("`TLS`"));
    }
}
