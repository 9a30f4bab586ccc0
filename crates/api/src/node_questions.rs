//! What a server asks its nodes: the question goes with an answer of the feed, the answer with the
//! next request.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How would the node decide this now?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NodeQuestion {
    /// Stands in the answer.
    pub id: String,
    /// `User:alice`.
    pub principal: String,
    /// Names of groups, without type, as a token carries them.
    pub groups: Vec<String>,
    /// The client's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `Write`.
    pub operation: String,
    /// `Topic`.
    pub resource_type: String,
    /// The resource's name.
    pub resource_name: String,
}

/// How it decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct NodeAnswer {
    /// Of the question.
    pub id: String,
    /// `allowed`, `denied` or `not-ready`; nothing if the node could not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// One sentence for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Why the node could not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What decided.
    #[serde(flatten)]
    pub rule: NodeRule,
}

/// What decided at a node, as far as there is a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct NodeRule {
    /// `super-user`, `reserved`, `role-binding`, `acl`, `everyone` or `nothing`.
    pub reason: String,
    /// Whom the rule names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_principal: Option<String>,
    /// The role of a role binding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Of the rule's pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// Of the rule's pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    /// Of the rule's pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_type: Option<String>,
    /// `ALLOW` or `DENY` of an ACL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Of an ACL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Of an ACL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `central` or `local`: where an ACL comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Without a rule: whether any rule names the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
}
