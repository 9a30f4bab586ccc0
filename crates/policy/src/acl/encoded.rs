//! ACLs in few bytes: a node holds as many as there are in its cluster.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::binding::{AclBinding, AclEntry, AclPattern};
use super::words::{AclOperation, AclPermission, AclResourceType};
use crate::names::{PatternType, Principal};
use crate::packed::{Packed, Records};

/// A set of ACLs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PackedAcls(Packed);

/// The parts of an ACL, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of an ACL")]
pub struct AclRef<'a> {
    pub resource_type: AclResourceType,
    pub name: &'a str,
    pub pattern_type: PatternType,
    /// With its type.
    pub principal: &'a str,
    pub host: &'a str,
    pub operation: AclOperation,
    pub permission_type: AclPermission,
}

type Fields<'a> = (
    AclResourceType,
    &'a str,
    PatternType,
    &'a str,
    &'a str,
    AclOperation,
    AclPermission,
);

fn encoded(acl: &AclBinding) -> Vec<u8> {
    // Writing to memory what has no length limits of its own does not fail.
    postcard::to_allocvec(acl).unwrap_or_default()
}

fn decoded(record: &[u8]) -> Option<AclRef<'_>> {
    // Written by `encoded`; it cannot fail.
    let (resource_type, name, pattern_type, principal, host, operation, permission_type) =
        postcard::from_bytes::<Fields<'_>>(record).ok()?;
    Some(AclRef {
        resource_type,
        name,
        pattern_type,
        principal,
        host,
        operation,
        permission_type,
    })
}

impl PackedAcls {
    pub(crate) const fn new() -> Self {
        Self(Packed::new())
    }

    /// Of ACLs in any order; the same one twice is one.
    pub(crate) fn of<'a>(acls: impl Iterator<Item = &'a AclBinding>) -> Self {
        let mut records = Records::default();
        acls.for_each(|acl| records.push(&encoded(acl)));
        Self(Packed::of(&records))
    }

    /// Adds an ACL; says whether it is new.
    pub(crate) fn insert(&mut self, acl: &AclBinding) -> bool {
        self.0.insert(&encoded(acl))
    }

    /// Removes an ACL; says whether it was there.
    pub(crate) fn remove(&mut self, acl: &AclBinding) -> bool {
        self.0.remove(&encoded(acl))
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn each(&self, mut visit: impl FnMut(AclRef<'_>)) {
        self.0.each(|record| {
            if let Some(acl) = decoded(record) {
                visit(acl);
            }
        });
    }
}

impl AclRef<'_> {
    /// The ACL itself.
    #[must_use]
    pub fn to_owned(&self) -> AclBinding {
        AclBinding {
            pattern: AclPattern {
                resource_type: self.resource_type,
                name: self.name.to_string(),
                pattern_type: self.pattern_type,
            },
            entry: AclEntry {
                principal: Principal::of_kafka(self.principal),
                host: self.host.to_string(),
                operation: self.operation,
                permission_type: self.permission_type,
            },
        }
    }
}
