//! The message in which Java hands over ACLs of the cluster itself: layout `OMA1` of
//! `spec/native-bridge.md`.

use openmds_policy::access::{Operation, ResourceType};
use openmds_policy::acl::{AclBinding, AclEntry, AclPattern, AclPermission};
use openmds_policy::names::{PatternType, Principal};

use crate::codec::{DecodeError, Reader};

/// The first four bytes; the digit is the layout's version.
pub const MAGIC: &[u8; 4] = b"OMA1";

/// One ACL, by Kafka's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedAcl<'a> {
    /// `ResourceType.code()`.
    pub resource_type: u8,
    /// `PatternType.code()`.
    pub pattern_type: u8,
    /// `AclOperation.code()`.
    pub operation: u8,
    /// `AclPermissionType.code()`.
    pub permission: u8,
    /// `User:alice`; any type may stand before the colon.
    pub principal: &'a str,
    /// `*`, an address, or a range of them.
    pub host: &'a str,
    /// The resource's name, a prefix, or `*`.
    pub name: &'a str,
}

/// All ACLs of a message; a message is taken whole or not at all.
pub fn decode(message: &[u8]) -> Result<Vec<PackedAcl<'_>>, DecodeError> {
    let mut reader = Reader { bytes: message };
    if reader.take(MAGIC.len(), "magic").ok() != Some(MAGIC) {
        return Err(DecodeError::Magic);
    }
    let count = reader.u32("acls")?;
    let mut acls = Vec::new();
    for _ in 0..count {
        let [resource_type, pattern_type, operation, permission] = reader.array("acl")?;
        acls.push(PackedAcl {
            resource_type,
            pattern_type,
            operation,
            permission,
            principal: reader.text("principal")?,
            host: reader.text("host")?,
            name: reader.text("resource_name")?,
        });
    }
    if reader.bytes.is_empty() {
        Ok(acls)
    } else {
        Err(DecodeError::Invalid { field: "acls" })
    }
}

impl PackedAcl<'_> {
    /// The ACL; `None` if a newer Kafka's code stands in it: about what it concerns nobody can ask.
    pub(crate) fn to_binding(self) -> Option<AclBinding> {
        Some(AclBinding {
            pattern: AclPattern {
                resource_type: ResourceType(self.resource_type).known()?,
                name: self.name.to_owned(),
                pattern_type: match self.pattern_type {
                    3 => PatternType::Literal,
                    4 => PatternType::Prefixed,
                    _ => return None,
                },
            },
            entry: AclEntry {
                principal: Principal::of_kafka(self.principal),
                host: self.host.to_owned(),
                operation: Operation(self.operation).known()?,
                permission_type: match self.permission {
                    2 => AclPermission::Deny,
                    3 => AclPermission::Allow,
                    _ => return None,
                },
            },
        })
    }
}
