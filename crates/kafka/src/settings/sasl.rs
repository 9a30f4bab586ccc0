//! The credential that logs us in.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use secrecy::SecretString;

/// A SASL mechanism with what it needs. `Debug` shows no secret.
#[derive(Clone)]
pub enum Sasl {
    /// The password itself goes over the connection.
    Plain {
        /// Who.
        username: String,
        /// The secret.
        password: SecretString,
    },
    /// A proof of the password goes over the connection (RFC 5802, SHA-256).
    ScramSha256 {
        /// Who.
        username: String,
        /// The secret.
        password: SecretString,
    },
    /// As above with SHA-512.
    ScramSha512 {
        /// Who.
        username: String,
        /// The secret.
        password: SecretString,
    },
    /// A JWT (RFC 7628).
    OAuthBearer(Arc<dyn TokenSource>),
}

/// Gives tokens for OAUTHBEARER.
pub trait TokenSource: Send + Sync {
    /// A fresh token. Called at each login; the broker ends the session when the token expires.
    ///
    /// The error text is shown to operators.
    fn token(&self) -> Result<SecretString, String>;

    /// Whether a token may go to this address without TLS, where anybody on the way could take it.
    fn may_cross_in_clear(&self, peer: IpAddr) -> bool {
        peer.is_loopback()
    }
}

/// The name of a SASL mechanism that we can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SaslMechanism {
    /// `PLAIN`
    Plain,
    /// `SCRAM-SHA-256`
    ScramSha256,
    /// `SCRAM-SHA-512`
    ScramSha512,
    /// `OAUTHBEARER`
    OAuthBearer,
}

/// Not a mechanism that we can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not supported; use PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER")]
pub struct UnknownSaslMechanism(String);

impl Sasl {
    /// The mechanism's name.
    pub fn mechanism(&self) -> SaslMechanism {
        match self {
            Self::Plain { .. } => SaslMechanism::Plain,
            Self::ScramSha256 { .. } => SaslMechanism::ScramSha256,
            Self::ScramSha512 { .. } => SaslMechanism::ScramSha512,
            Self::OAuthBearer(_) => SaslMechanism::OAuthBearer,
        }
    }
}

impl fmt::Debug for Sasl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain { username, .. }
            | Self::ScramSha256 { username, .. }
            | Self::ScramSha512 { username, .. } => {
                write!(f, "{} as {username:?}", self.mechanism())
            }
            Self::OAuthBearer(_) => write!(f, "{}", self.mechanism()),
        }
    }
}

impl FromStr for SaslMechanism {
    type Err = UnknownSaslMechanism;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "PLAIN" => Ok(Self::Plain),
            "SCRAM-SHA-256" => Ok(Self::ScramSha256),
            "SCRAM-SHA-512" => Ok(Self::ScramSha512),
            "OAUTHBEARER" => Ok(Self::OAuthBearer),
            _ => Err(UnknownSaslMechanism(text.to_owned())),
        }
    }
}

impl fmt::Display for SaslMechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::OAuthBearer => "OAUTHBEARER",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanism_names_round_trip() {
        for name in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] {
            assert_eq!(name.parse::<SaslMechanism>().unwrap().to_string(), name);
        }
        assert!(
            "GSSAPI"
                .parse::<SaslMechanism>()
                .unwrap_err()
                .to_string()
                .contains("GSSAPI")
        );
    }

    #[test]
    fn debug_keeps_the_password() {
        let sasl = Sasl::Plain {
            username: "mds".into(),
            password: "hunter2".into(),
        };
        assert_eq!(format!("{sasl:?}"), "PLAIN as \"mds\"");
    }
}
