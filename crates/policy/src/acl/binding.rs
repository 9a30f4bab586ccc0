//! One ACL.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::words::{AclOperation, AclPermission, AclResourceType, Word};
use crate::audit::FieldError;
use crate::names::{LONGEST_NAME, PatternType, Principal};
use crate::rbac::KAFKA_CLUSTER;
use crate::text::quotation;

/// The resources that an ACL is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AclPattern {
    /// Their type.
    pub resource_type: AclResourceType,
    /// A whole name, `*` for all, or a prefix.
    pub name: String,
    /// Whole name or prefix.
    pub pattern_type: PatternType,
}

/// Who may, or may not, do what from where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AclEntry {
    /// Who; `User:*` is everybody.
    pub principal: Principal,
    /// From where, as the broker sees the client's address; `*` is everywhere.
    pub host: String,
    /// What.
    pub operation: AclOperation,
    /// May or may not.
    pub permission_type: AclPermission,
}

/// An ACL; two that say the same are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AclBinding {
    /// About what.
    pub pattern: AclPattern,
    /// What it says.
    pub entry: AclEntry,
}

/// The texts of an ACL as a client wrote them.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of an ACL, each as text")]
pub struct WrittenAcl<'a> {
    pub resource_type: &'a str,
    pub name: &'a str,
    pub pattern_type: &'a str,
    pub principal: &'a str,
    pub host: &'a str,
    pub operation: &'a str,
    pub permission_type: &'a str,
}

/// Collects what is wrong, field by field.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<FieldError>);

impl Faults {
    pub(super) fn add(&mut self, path: &str, message: String) {
        let path = path.to_string();
        self.0.push(FieldError { path, message });
    }

    /// The value of a word, or a fault.
    pub(super) fn word<W: Word>(&mut self, path: &str, text: &str, also: &[&str]) -> Option<W> {
        let word = W::named(text);
        if word.is_none() {
            self.add(path, W::unknown(text, also));
        }
        word
    }

    /// Names nothing in a cluster can have.
    pub(super) fn length(&mut self, path: &str, text: &str) {
        let length = text.len();
        if length > LONGEST_NAME {
            self.add(
                path,
                format!("is {length} bytes long; names in Kafka have at most {LONGEST_NAME}"),
            );
        }
    }

    pub(super) fn principal(&mut self, path: &str, text: &str) -> Option<Principal> {
        Principal::parse(text)
            .map_err(|error| self.add(path, error.to_string()))
            .ok()
    }
}

impl AclBinding {
    /// Takes an ACL that can be stored, or names everything that is wrong with it: no `ANY`,
    /// `MATCH` or `UNKNOWN`, a name, a principal, a host (Kafka 4.1 `AclControlManager`
    /// `validateNewAcl`, `AclApis` for the one name of a cluster).
    pub fn parse(written: &WrittenAcl<'_>) -> Result<Self, Vec<FieldError>> {
        let mut faults = Faults::default();
        let resource_type = faults.word("pattern.resourceType", written.resource_type, &[]);
        let pattern_type = faults.word("pattern.patternType", written.pattern_type, &[]);
        if written.name.is_empty() {
            faults.add("pattern.name", "is empty; write `*` for all".to_string());
        } else if resource_type == Some(AclResourceType::Cluster)
            && (written.name != KAFKA_CLUSTER || pattern_type == Some(PatternType::Prefixed))
        {
            faults.add(
                "pattern.name",
                format!(
                    "the only CLUSTER resource is LITERAL `{KAFKA_CLUSTER}`, not {} `{}`",
                    quotation(written.pattern_type),
                    quotation(written.name)
                ),
            );
        }
        faults.length("pattern.name", written.name);
        faults.length("entry.host", written.host);
        let principal = faults.principal("entry.principal", written.principal);
        if written.host.is_empty() {
            faults.add(
                "entry.host",
                "is empty; write `*` for every host".to_string(),
            );
        }
        let operation = faults.word("entry.operation", written.operation, &[]);
        let permission_type = faults.word("entry.permissionType", written.permission_type, &[]);
        match (
            resource_type,
            pattern_type,
            principal,
            operation,
            permission_type,
        ) {
            (
                Some(resource_type),
                Some(pattern_type),
                Some(principal),
                Some(operation),
                Some(permission_type),
            ) if faults.0.is_empty() => Ok(Self {
                pattern: AclPattern {
                    resource_type,
                    name: written.name.to_string(),
                    pattern_type,
                },
                entry: AclEntry {
                    principal,
                    host: written.host.to_string(),
                    operation,
                    permission_type,
                },
            }),
            _ => Err(faults.0),
        }
    }
}
