//! ACLs as the API spells them (mds-api 5 and 11), and as they are shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `{"clusters":{"kafka-cluster":"ID"}}`
#[derive(Debug, Clone, Serialize)]
pub(super) struct KafkaScope {
    clusters: BTreeMap<&'static str, String>,
}

impl KafkaScope {
    pub(super) fn new(kafka_cluster: &str) -> Self {
        Self {
            clusters: BTreeMap::from([("kafka-cluster", kafka_cluster.to_owned())]),
        }
    }
}

/// One ACL. The order is that of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AclBinding {
    pub(super) pattern: Pattern,
    pub(super) entry: Entry,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pattern {
    pub(super) resource_type: String,
    pub(super) name: String,
    pub(super) pattern_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) principal: String,
    pub(super) host: String,
    pub(super) operation: String,
    pub(super) permission_type: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateAclRequest {
    pub(super) scope: KafkaScope,
    pub(super) acl_binding: AclBinding,
}

/// Which ACLs: a name, principal or host that is left out is any.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AclFilterRequest {
    pub(super) scope: KafkaScope,
    pub(super) acl_binding_filter: AclBindingFilter,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AclBindingFilter {
    pub(super) pattern_filter: PatternFilter,
    pub(super) entry_filter: EntryFilter,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PatternFilter {
    pub(super) resource_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) pattern_type: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) principal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<String>,
    pub(super) operation: &'static str,
    pub(super) permission_type: &'static str,
}

pub(super) const HEADING: [&str; 7] = [
    "Principal",
    "Permission",
    "Operation",
    "Host",
    "Resource Type",
    "Resource Name",
    "Pattern Type",
];

/// A line of `-o json`.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    principal: &'a str,
    permission: &'a str,
    operation: &'a str,
    host: &'a str,
    resource_type: &'a str,
    resource_name: &'a str,
    pattern_type: &'a str,
}

impl<'a> From<&'a AclBinding> for Row<'a> {
    fn from(acl: &'a AclBinding) -> Self {
        let [
            principal,
            permission,
            operation,
            host,
            resource_type,
            resource_name,
            pattern_type,
        ] = acl.columns();
        Self {
            principal,
            permission,
            operation,
            host,
            resource_type,
            resource_name,
            pattern_type,
        }
    }
}

impl AclBinding {
    fn columns(&self) -> [&str; 7] {
        [
            &self.entry.principal,
            &self.entry.permission_type,
            &self.entry.operation,
            &self.entry.host,
            &self.pattern.resource_type,
            &self.pattern.name,
            &self.pattern.pattern_type,
        ]
    }

    pub(super) fn cells(&self) -> Vec<String> {
        self.columns().map(str::to_owned).to_vec()
    }
}

impl Ord for AclBinding {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.columns().cmp(&other.columns())
    }
}

impl PartialOrd for AclBinding {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
