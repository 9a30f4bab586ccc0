//! Principals: who acts.

use alloc::string::{String, ToString};
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::LONGEST_NAME;
use crate::text::quotation;

/// What kind of principal a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalType {
    /// A user, human or service.
    User,
    /// A group of users.
    Group,
    /// Of a type that only a cluster's own ACLs know; the name holds the type, too.
    Other,
}

impl PrincipalType {
    const fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Other => "Other",
        }
    }
}

/// `User:<name>` or `Group:<name>`; names are compared case-sensitively
/// (`rbac-registry-tokens.md` 1.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal {
    kind: PrincipalType,
    name: String,
}

/// Why a text is not a principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrincipalError {
    /// It has not the form of one.
    #[error("`{text}` is not a principal: write `User:<name>` or `Group:<name>`")]
    Spelling {
        /// The offending text.
        text: String,
    },
    /// It is longer than any name in Kafka.
    #[error("`{text}` is {length} bytes long; a principal in Kafka has at most {LONGEST_NAME}")]
    TooLong {
        /// The beginning of the offending text.
        text: String,
        /// Its length, bytes.
        length: usize,
    },
}

impl Principal {
    /// A user by name.
    #[must_use]
    pub fn user(name: &str) -> Self {
        Self {
            kind: PrincipalType::User,
            name: name.to_string(),
        }
    }

    /// A group by name.
    #[must_use]
    pub fn group(name: &str) -> Self {
        Self {
            kind: PrincipalType::Group,
            name: name.to_string(),
        }
    }

    /// A principal as a cluster's own ACLs and requests name it: of any type, with any name.
    #[must_use]
    pub fn of_kafka(text: &str) -> Self {
        let (kind, name) = match text.split_once(':') {
            Some(("User", name)) => (PrincipalType::User, name),
            Some(("Group", name)) => (PrincipalType::Group, name),
            _ => (PrincipalType::Other, text),
        };
        Self {
            kind,
            name: name.to_string(),
        }
    }

    /// Parses `User:<name>` or `Group:<name>`; the name may hold anything but must not be
    /// empty, nor longer than names in Kafka can be.
    pub fn parse(text: &str) -> Result<Self, PrincipalError> {
        let error = || PrincipalError::Spelling {
            text: quotation(text),
        };
        let (kind, name) = text.split_once(':').ok_or_else(error)?;
        let kind = match kind {
            "User" => PrincipalType::User,
            "Group" => PrincipalType::Group,
            _ => return Err(error()),
        };
        if name.is_empty() {
            return Err(error());
        }
        if text.len() > LONGEST_NAME {
            return Err(PrincipalError::TooLong {
                text: quotation(text),
                length: text.len(),
            });
        }
        Ok(Self {
            kind,
            name: name.to_string(),
        })
    }

    /// User, group, or another type.
    #[must_use]
    pub const fn kind(&self) -> PrincipalType {
        self.kind
    }

    /// The name without its type.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            PrincipalType::Other => formatter.write_str(&self.name),
            kind => write!(formatter, "{}:{}", kind.as_str(), self.name),
        }
    }
}

impl Serialize for Principal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Principal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
