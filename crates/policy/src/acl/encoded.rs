//! An ACL in few bytes: a node holds as many as there are in its cluster.

use alloc::boxed::Box;
use alloc::string::ToString;
use core::fmt;

use super::binding::{AclBinding, AclEntry, AclPattern};
use super::words::{AclOperation, AclPermission, AclResourceType};
use crate::names::{PatternType, Principal};

/// An ACL, compared by its bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EncodedAcl(Box<[u8]>);

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

impl EncodedAcl {
    pub(crate) fn new(acl: &AclBinding) -> Self {
        // Writing to memory what has no length limits of its own does not fail.
        Self(postcard::to_allocvec(acl).unwrap_or_default().into())
    }

    pub(crate) fn decoded(&self) -> Option<AclRef<'_>> {
        // Written by `new`; it cannot fail.
        let (resource_type, name, pattern_type, principal, host, operation, permission_type) =
            postcard::from_bytes::<Fields<'_>>(&self.0).ok()?;
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

impl fmt::Debug for EncodedAcl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decoded().fmt(formatter)
    }
}
