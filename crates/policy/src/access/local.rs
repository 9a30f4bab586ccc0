//! A cluster's own ACLs, as its controllers keep them.

use alloc::collections::BTreeSet;

use crate::acl::{AclBinding, AclRef, EncodedAcl};

/// A set of ACLs in few bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalAcls(BTreeSet<EncodedAcl>);

impl LocalAcls {
    /// Adds an ACL; says whether it is new.
    pub fn add(&mut self, acl: &AclBinding) -> bool {
        self.0.insert(EncodedAcl::new(acl))
    }

    /// Removes an ACL; says whether it was there.
    pub fn remove(&mut self, acl: &AclBinding) -> bool {
        self.0.remove(&EncodedAcl::new(acl))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = AclRef<'_>> {
        self.0.iter().filter_map(EncodedAcl::decoded)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
