//! Cluster ids and the registry's names for clusters.

use alloc::string::{String, ToString};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::text::quotation;

/// The id of a cluster, as the cluster itself reports it; compared exactly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClusterId(String);

impl ClusterId {
    /// Takes any text: the service never knows all clusters that exist
    /// (`rbac-registry-tokens.md` 1.2, "existence is not validated").
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.to_string())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClusterId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The registry's unique name of a cluster: printable ASCII without spaces
/// (`rbac-registry-tokens.md` 2.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ClusterName(String);

/// Why a text cannot name a cluster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a cluster name: use 1 to 255 printable ASCII characters without spaces")]
pub struct ClusterNameError {
    /// The offending text.
    pub text: String,
}

impl ClusterName {
    /// Parses a name.
    pub fn parse(text: &str) -> Result<Self, ClusterNameError> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.is_empty() || text.len() > 255 || !printable {
            return Err(ClusterNameError {
                text: quotation(text),
            });
        }
        Ok(Self(text.to_string()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClusterName {
    type Error = ClusterNameError;

    fn try_from(text: String) -> Result<Self, ClusterNameError> {
        Self::parse(&text)
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
