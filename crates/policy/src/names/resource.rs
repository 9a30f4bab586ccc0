//! Resource patterns as role bindings use them.

use alloc::string::{String, ToString};
use core::fmt;

use serde::{Deserialize, Serialize};

use super::LONGEST_NAME;
use crate::rbac::KAFKA_CLUSTER;
use crate::text::quotation;

/// How a pattern's name is compared with a resource's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PatternType {
    /// Equal names; the name `*` stands for every name.
    Literal,
    /// The resource's name begins with the pattern's name.
    Prefixed,
}

impl PatternType {
    /// Kafka's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Literal => "LITERAL",
            Self::Prefixed => "PREFIXED",
        }
    }
}

/// A set of resources of one type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Written")]
pub struct ResourcePattern {
    /// `Topic`, `Group`, `Cluster`, ...: the spelling of the role tables.
    pub resource_type: String,
    /// A whole name or a prefix.
    pub name: String,
    /// How to compare.
    pub pattern_type: PatternType,
}

/// Why three texts are no resource pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResourcePatternError {
    /// The type or the name is empty; an empty prefix would stand for everything.
    #[error("the resource pattern needs a resource type and a name; write the name `*` for all")]
    Empty,
    /// It is longer than any name in Kafka.
    #[error("the name `{name}` is {length} bytes long; names in Kafka have at most {LONGEST_NAME}")]
    TooLong {
        /// The beginning of the offending name.
        name: String,
        /// Its length, bytes.
        length: usize,
    },
    /// A Kafka cluster has one `Cluster` resource, and only that name.
    #[error("the only Cluster resource is LITERAL `{KAFKA_CLUSTER}`, not {pattern}")]
    Cluster {
        /// The offending pattern.
        pattern: String,
    },
    /// A ksqlDB cluster is named whole.
    #[error("a KsqlCluster resource is named whole, LITERAL, not {pattern}")]
    KsqlCluster {
        /// The offending pattern.
        pattern: String,
    },
}

/// A pattern as it came over the wire.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    resource_type: String,
    name: String,
    pattern_type: PatternType,
}

impl TryFrom<Written> for ResourcePattern {
    type Error = ResourcePatternError;

    fn try_from(written: Written) -> Result<Self, ResourcePatternError> {
        Self::parse(&written.resource_type, &written.name, written.pattern_type)
    }
}

impl ResourcePattern {
    /// Takes a pattern that can be bound (`rbac-registry-tokens.md` 1.3 and 9.3).
    pub fn parse(
        resource_type: &str,
        name: &str,
        pattern_type: PatternType,
    ) -> Result<Self, ResourcePatternError> {
        if resource_type.is_empty() || name.is_empty() {
            return Err(ResourcePatternError::Empty);
        }
        if name.len() > LONGEST_NAME {
            return Err(ResourcePatternError::TooLong {
                name: quotation(name),
                length: name.len(),
            });
        }
        let pattern = Self {
            resource_type: resource_type.to_string(),
            name: name.to_string(),
            pattern_type,
        };
        let literal = pattern_type == PatternType::Literal;
        match resource_type {
            "Cluster" if !literal || name != KAFKA_CLUSTER => Err(ResourcePatternError::Cluster {
                pattern: quotation(&pattern.to_string()),
            }),
            "KsqlCluster" if !literal => Err(ResourcePatternError::KsqlCluster {
                pattern: quotation(&pattern.to_string()),
            }),
            _ => Ok(pattern),
        }
    }

    /// Whether the pattern covers the named resource.
    #[must_use]
    pub fn covers(&self, resource_type: &str, name: &str) -> bool {
        self.resource_type == resource_type
            && match self.pattern_type {
                PatternType::Literal => self.name == "*" || self.name == name,
                PatternType::Prefixed => name.starts_with(self.name.as_str()),
            }
    }

    /// Whether every resource of `other` is also one of this pattern.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        match other.pattern_type {
            PatternType::Literal if other.name != "*" => {
                self.covers(&other.resource_type, &other.name)
            }
            PatternType::Prefixed if self.pattern_type == PatternType::Prefixed => {
                self.resource_type == other.resource_type
                    && other.name.starts_with(self.name.as_str())
            }
            PatternType::Literal | PatternType::Prefixed => {
                self.resource_type == other.resource_type
                    && self.pattern_type == PatternType::Literal
                    && self.name == "*"
            }
        }
    }
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.pattern_type {
            PatternType::Literal => "LITERAL",
            PatternType::Prefixed => "PREFIXED",
        };
        write!(formatter, "{}:{kind}:{}", self.resource_type, self.name)
    }
}
