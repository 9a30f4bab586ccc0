//! Reading what a node holds.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::encoded::{GrantRef, PatternRef};
use super::message::{Grant, Membership, Snapshot};
use super::policy::Policy;
use crate::acl::{AclBinding, AclRef};
use crate::names::{ClusterId, Principal};

/// What is held.
impl Policy {
    /// The cluster that it is for.
    #[must_use]
    pub const fn cluster(&self) -> &ClusterId {
        &self.cluster
    }

    /// The server that it comes from, if any is held.
    #[must_use]
    pub fn server(&self) -> Option<&str> {
        self.held.as_ref().map(|held| held.server.as_str())
    }

    /// The server's generation, if any is held.
    #[must_use]
    pub fn generation(&self) -> Option<u64> {
        self.held.as_ref().map(|held| held.generation)
    }

    /// When the server last said something, milliseconds since 1970 by the server's clock.
    #[must_use]
    pub fn issued_ms(&self) -> Option<i64> {
        self.held.as_ref().map(|held| held.issued_ms)
    }

    /// The keys that tokens are signed with: the text of a JWKS.
    #[must_use]
    pub fn keys(&self) -> &str {
        &self.keys
    }

    /// Every pattern of every role binding, and every role on the whole cluster; those of a
    /// principal and a role together.
    pub fn each_grant(&self, visit: impl FnMut(GrantRef<'_>)) {
        self.grants.each(visit);
    }

    /// The role bindings.
    #[must_use]
    pub fn grants(&self) -> Vec<Grant> {
        let mut all: Vec<Grant> = Vec::new();
        self.each_grant(|grant| {
            let principal = Principal::of_kafka(grant.principal);
            let same = |last: &&mut Grant| last.principal == principal && last.role == grant.role;
            let pattern = grant.pattern.map(PatternRef::to_owned);
            match (all.last_mut().filter(same), pattern) {
                (Some(last), pattern) => {
                    let patterns = last.patterns.get_or_insert_default();
                    patterns.extend(pattern);
                }
                (None, pattern) => all.push(Grant {
                    role: grant.role.into(),
                    principal,
                    patterns: Some(pattern.into_iter().collect()),
                }),
            }
        });
        all
    }

    /// Every central ACL.
    pub fn each_acl(&self, visit: impl FnMut(AclRef<'_>)) {
        self.acls.each(visit);
    }

    /// The central ACLs.
    #[must_use]
    pub fn acls(&self) -> Vec<AclBinding> {
        let mut all = Vec::with_capacity(self.acls.len());
        self.each_acl(|acl| all.push(acl.to_owned()));
        all
    }

    /// How many patterns role bindings have.
    #[must_use]
    pub fn count_patterns(&self) -> usize {
        let mut count = 0;
        self.each_grant(|grant| count += usize::from(grant.pattern.is_some()));
        count
    }

    /// How many role bindings there are.
    #[must_use]
    pub fn count_grants(&self) -> usize {
        self.grants.count()
    }

    /// How many central ACLs there are.
    #[must_use]
    pub fn count_acls(&self) -> usize {
        self.acls.len()
    }

    /// Users in groups, each with its groups, by name without type.
    pub fn memberships(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        let memberships = self.memberships.iter();
        memberships.map(|(user, groups)| (user.as_str(), groups))
    }

    /// All of it as one message, for the copy on disk.
    #[must_use]
    pub fn snapshot(&self) -> Option<Snapshot> {
        let held = self.held.as_ref()?;
        let memberships = self.memberships().map(|(user, groups)| Membership {
            user: user.into(),
            groups: groups.clone(),
        });
        Some(Snapshot {
            server: held.server.clone(),
            cluster: self.cluster.clone(),
            generation: held.generation,
            issued_ms: held.issued_ms,
            grants: self.grants(),
            acls: self.acls(),
            memberships: memberships.collect(),
            keys: self.keys.clone(),
        })
    }
}
