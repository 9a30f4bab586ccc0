//! Requests about centralised ACLs (`mds-api.md` 5 and 11). The words are Kafka's; `policy::acl`
//! says which of them are possible where.

use openmds_policy::acl::{self, AclPermission, WrittenAcl, WrittenFilter};
use openmds_policy::names::{PatternType, Principal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::registry::ScopeBody;

/// A new ACL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateAclRequest {
    /// A Kafka cluster.
    pub scope: ScopeBody,
    /// The ACL.
    pub acl_binding: AclBinding,
}

/// An ACL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AclBinding {
    /// About which resources.
    pub pattern: KafkaResourcePattern,
    /// Who may, or may not, do what from where.
    pub entry: AccessControlEntry,
}

/// The resources that an ACL is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KafkaResourcePattern {
    /// `TOPIC`, `GROUP`, `CLUSTER` or `TRANSACTIONAL_ID`
    pub resource_type: String,
    /// A whole name, `*` for all, or a prefix.
    pub name: String,
    /// `LITERAL` or `PREFIXED`
    pub pattern_type: String,
}

/// What an ACL says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessControlEntry {
    /// `User:<name>`, `User:*` or `Group:<name>`
    pub principal: String,
    /// The client's address, or `*`.
    pub host: String,
    /// `ALL`, `READ`, ...
    pub operation: String,
    /// `ALLOW` or `DENY`
    pub permission_type: String,
}

/// Which ACLs to find or to delete. Unknown fields are refused: a misspelt one would widen the filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AclFilterRequest {
    /// A Kafka cluster.
    pub scope: ScopeBody,
    /// The filter.
    pub acl_binding_filter: AclBindingFilter,
}

/// A set of ACLs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AclBindingFilter {
    /// About which resources.
    pub pattern_filter: KafkaResourcePatternFilter,
    /// That say what.
    pub entry_filter: AccessControlEntryFilter,
}

/// The resources that the ACLs are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KafkaResourcePatternFilter {
    /// `ANY`, or as in an ACL.
    pub resource_type: String,
    /// Absent: any name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ANY`, `MATCH` (those that cover a resource of that name), or as in an ACL.
    pub pattern_type: String,
}

/// What the ACLs say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessControlEntryFilter {
    /// Absent: any principal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Absent: any host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `ANY`, or as in an ACL.
    pub operation: String,
    /// `ANY`, or as in an ACL.
    pub permission_type: String,
}

/// The ACLs that a cluster keeps itself: an answer of our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterAcls {
    /// The cluster's name in the registry.
    pub cluster_name: String,
    /// The id of the Kafka cluster.
    pub cluster_id: String,
    /// By resource; also with types and operations that central ACLs do not have, and principals of
    /// any type.
    pub acls: Vec<AclBinding>,
    /// How many more there are, with words of a newer Kafka.
    pub unknown: usize,
}

/// `DescribeConfigs` as `DESCRIBE_CONFIGS`.
fn capitals(word: &str) -> String {
    let mut text = String::new();
    for character in word.chars() {
        if character.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(character.to_ascii_uppercase());
    }
    text
}

impl From<&acl::AclBinding> for AclBinding {
    fn from(acl: &acl::AclBinding) -> Self {
        let (pattern, entry) = (&acl.pattern, &acl.entry);
        let permission_type = match entry.permission_type {
            AclPermission::Allow => "ALLOW",
            AclPermission::Deny => "DENY",
        };
        Self {
            pattern: KafkaResourcePattern {
                resource_type: capitals(pattern.resource_type.as_str()),
                name: pattern.name.clone(),
                pattern_type: pattern.pattern_type.as_str().to_string(),
            },
            entry: AccessControlEntry {
                principal: entry.principal.to_string(),
                host: entry.host.clone(),
                operation: capitals(entry.operation.as_str()),
                permission_type: permission_type.to_string(),
            },
        }
    }
}

impl AclBinding {
    /// The ACL as a cluster keeps it, whatever its principal and host are; `None` if a word is
    /// unknown.
    #[must_use]
    pub fn of_cluster(&self) -> Option<acl::AclBinding> {
        let (pattern, entry) = (&self.pattern, &self.entry);
        let mut types = acl::AclResourceType::ALL.into_iter();
        let mut operations = acl::AclOperation::ALL.into_iter();
        Some(acl::AclBinding {
            pattern: acl::AclPattern {
                resource_type: types.find(|one| capitals(one.as_str()) == pattern.resource_type)?,
                name: pattern.name.clone(),
                pattern_type: [PatternType::Literal, PatternType::Prefixed]
                    .into_iter()
                    .find(|one| one.as_str() == pattern.pattern_type)?,
            },
            entry: acl::AclEntry {
                principal: Principal::of_kafka(&entry.principal),
                host: entry.host.clone(),
                operation: operations.find(|one| capitals(one.as_str()) == entry.operation)?,
                permission_type: match entry.permission_type.as_str() {
                    "ALLOW" => AclPermission::Allow,
                    "DENY" => AclPermission::Deny,
                    _ => return None,
                },
            },
        })
    }

    /// The texts, for the parser.
    #[must_use]
    pub fn written(&self) -> WrittenAcl<'_> {
        WrittenAcl {
            resource_type: &self.pattern.resource_type,
            name: &self.pattern.name,
            pattern_type: &self.pattern.pattern_type,
            principal: &self.entry.principal,
            host: &self.entry.host,
            operation: &self.entry.operation,
            permission_type: &self.entry.permission_type,
        }
    }
}

impl AclBindingFilter {
    /// The texts, for the parser.
    #[must_use]
    pub fn written(&self) -> WrittenFilter<'_> {
        WrittenFilter {
            resource_type: &self.pattern_filter.resource_type,
            name: self.pattern_filter.name.as_deref(),
            pattern_type: &self.pattern_filter.pattern_type,
            principal: self.entry_filter.principal.as_deref(),
            host: self.entry_filter.host.as_deref(),
            operation: &self.entry_filter.operation,
            permission_type: &self.entry_filter.permission_type,
        }
    }
}
