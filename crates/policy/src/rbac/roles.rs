//! The predefined roles, from one data file.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// The role table (`rbac-registry-tokens.md` 1.4); `decides` stands where what a role does here
/// differs from what clients are shown.
const PREDEFINED: &str = include_str!("../../data/roles.json");

/// What a role is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScopeType {
    /// A whole cluster: a binding has no resource patterns.
    Cluster,
    /// Resource patterns inside a cluster.
    Resource,
}

/// Operations on one resource type; `All` stands for every type and every operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceOperations {
    /// `Topic`, `Cluster`, ..., or `All`.
    pub resource_type: String,
    /// `Read`, `AlterConfigs`, ..., or `All`; may be empty: the type can be bound all the same.
    pub operations: Vec<String>,
}

impl ResourceOperations {
    fn permits(&self, resource_type: &str, operation: &str) -> bool {
        (self.resource_type == resource_type || self.resource_type == "All")
            && self
                .operations
                .iter()
                .any(|allowed| allowed == operation || allowed == "All")
    }
}

/// A role's policy as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessPolicy {
    /// Cluster or resource.
    pub scope_type: ScopeType,
    /// By resource type.
    pub allowed_operations: Vec<ResourceOperations>,
}

/// A predefined role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// `AuditAdmin`, ...
    pub name: String,
    /// What it allows, as clients see it.
    pub access_policy: AccessPolicy,
    #[serde(default, skip_serializing)]
    decides: Option<Vec<ResourceOperations>>,
}

impl Role {
    /// Whether the role allows the operation on resources of the type.
    #[must_use]
    pub fn permits(&self, resource_type: &str, operation: &str) -> bool {
        let operations = self
            .decides
            .as_ref()
            .unwrap_or(&self.access_policy.allowed_operations);
        operations
            .iter()
            .any(|operations| operations.permits(resource_type, operation))
    }

    /// Whether patterns of the resource type may be bound.
    #[must_use]
    pub fn can_bind(&self, resource_type: &str) -> bool {
        self.access_policy
            .allowed_operations
            .iter()
            .any(|operations| operations.resource_type == resource_type)
    }
}

/// The roles there are.
#[derive(Debug, Clone)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// The ten predefined roles, in the order in which clients know them.
    #[must_use]
    pub fn predefined() -> Self {
        // A test parses the data file; it cannot fail here.
        Self(serde_json::from_str(PREDEFINED).unwrap_or_default())
    }

    /// All roles.
    #[must_use]
    pub fn all(&self) -> &[Role] {
        &self.0
    }

    /// The role of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Role> {
        self.0.iter().find(|role| role.name == name)
    }
}
