//! A cluster's own ACLs, as its controllers keep them.

use crate::acl::{AclBinding, AclRef, PackedAcls};

/// A set of ACLs in few bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalAcls(PackedAcls);

impl LocalAcls {
    /// Of all at once, which is faster than one by one.
    #[must_use]
    pub fn of(acls: &[AclBinding]) -> Self {
        Self(PackedAcls::of(acls.iter()))
    }

    /// Adds an ACL; says whether it is new.
    pub fn add(&mut self, acl: &AclBinding) -> bool {
        self.0.insert(acl)
    }

    /// Removes an ACL; says whether it was there.
    pub fn remove(&mut self, acl: &AclBinding) -> bool {
        self.0.remove(acl)
    }

    /// Every one.
    pub fn each(&self, visit: impl FnMut(AclRef<'_>)) {
        self.0.each(visit);
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.len() == 0
    }
}
