//! Resource patterns as role bindings use them.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

/// How a pattern's name is compared with a resource's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PatternType {
    /// Equal names; the name `*` stands for every name.
    Literal,
    /// The resource's name begins with the pattern's name.
    Prefixed,
}

/// A set of resources of one type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourcePattern {
    /// `Topic`, `Group`, `Cluster`, ...: the spelling of the role tables.
    pub resource_type: String,
    /// A whole name or a prefix.
    pub name: String,
    /// How to compare.
    pub pattern_type: PatternType,
}

impl ResourcePattern {
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
