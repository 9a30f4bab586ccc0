//! ACLs as they are shown.

use openmds_api::AclBinding;
use serde::Serialize;

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
        ] = columns(acl);
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

/// What stands under [`HEADING`]; tables are in the order of these texts.
pub(super) fn columns(acl: &AclBinding) -> [&str; 7] {
    [
        &acl.entry.principal,
        &acl.entry.permission_type,
        &acl.entry.operation,
        &acl.entry.host,
        &acl.pattern.resource_type,
        &acl.pattern.name,
        &acl.pattern.pattern_type,
    ]
}

pub(super) fn cells(acl: &AclBinding) -> Vec<String> {
    columns(acl).map(str::to_owned).to_vec()
}
