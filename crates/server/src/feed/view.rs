//! One cluster's part of the store.

use std::collections::BTreeSet;
use std::sync::Arc;

use openmds_policy::feed::{Change, Grant, Membership, Snapshot};
use openmds_policy::names::{ClusterId, PrincipalType};
use openmds_policy::rbac::{BindingKey, Scope};

use crate::store::{Record, Remembered, State};
use crate::tokens::{KeyRing, PublicKey, jwk_set};

/// All that holds for the cluster.
#[must_use]
pub fn snapshot(state: &State, cluster: &ClusterId, issued_ms: i64) -> Snapshot {
    let scope = Scope::kafka(cluster);
    let bindings = state.bindings().iter();
    let grants = bindings.filter(|(key, _)| key.scope == scope);
    let grants = grants.map(|(key, patterns)| Grant {
        principal: key.principal.clone(),
        role: key.role.clone(),
        patterns: Some(patterns.clone()),
    });
    let users = state.memberships().iter();
    let memberships = users.map(|(user, groups)| membership(state, cluster, user, groups));
    Snapshot {
        server: state.server().unwrap_or_default().to_string(),
        cluster: cluster.clone(),
        generation: state.generation().0,
        issued_ms,
        grants: grants.collect(),
        acls: state.acls().of(cluster).cloned().collect(),
        memberships: memberships.filter(|one| !one.groups.is_empty()).collect(),
        keys: keys(state.signing_keys()),
    }
}

/// What concerns the cluster in these writes, all of which are in the state: everything that they
/// touch, as it is now.
#[must_use]
pub fn changes(state: &State, cluster: &ClusterId, writes: &[Arc<[Remembered]>]) -> Vec<Change> {
    let scope = Scope::kafka(cluster);
    let mut touched = Touched::default();
    for remembered in writes.iter().flat_map(|write| write.iter()) {
        match &remembered.record {
            Record::Binding { key, .. } if key.scope == scope => {
                if key.principal.kind() == PrincipalType::Group {
                    touched.groups.insert(key.principal.name());
                }
                touched.bindings.insert(key);
            }
            Record::Acl {
                cluster: of, acl, ..
            } if of == cluster => {
                if acl.entry.principal.kind() == PrincipalType::Group {
                    touched.groups.insert(acl.entry.principal.name());
                }
                touched.acls.insert(acl);
            }
            Record::Membership { user, groups } => {
                let moved = remembered.groups_before.symmetric_difference(groups);
                let moved = moved.map(|group| (user.as_str(), group.as_str()));
                touched.moves.extend(moved);
            }
            Record::SigningKeys { .. } => touched.keys = true,
            _ => {}
        }
    }
    touched.changes(state, cluster)
}

/// What was written, whether or not it is still there.
#[derive(Default)]
struct Touched<'a> {
    bindings: BTreeSet<&'a BindingKey>,
    acls: BTreeSet<&'a openmds_policy::acl::AclBinding>,
    /// The groups that bindings and ACLs among these name.
    groups: BTreeSet<&'a str>,
    /// Users with groups that they joined or left.
    moves: BTreeSet<(&'a str, &'a str)>,
    keys: bool,
}

impl Touched<'_> {
    fn changes(&self, state: &State, cluster: &ClusterId) -> Vec<Change> {
        let bindings = self.bindings.iter().map(|key| {
            Change::Grant(Grant {
                principal: key.principal.clone(),
                role: key.role.clone(),
                patterns: state.bindings().patterns(key).cloned(),
            })
        });
        let acls = self.acls.iter().map(|acl| Change::Acl {
            acl: (*acl).clone(),
            present: state.acls().contains(cluster, acl),
        });
        let nobody = BTreeSet::new();
        let memberships = self.users(state, cluster).into_iter().map(|user| {
            let groups = state.memberships().get(user).unwrap_or(&nobody);
            Change::Membership(membership(state, cluster, user, groups))
        });
        let keys = self.keys.then(|| Change::Keys(keys(state.signing_keys())));
        bindings
            .chain(acls)
            .chain(memberships)
            .chain(keys)
            .collect()
    }

    /// The users whose groups may look otherwise to this cluster. A group that it named before and
    /// names no more, or the other way round, is one that was touched; of users in other groups it
    /// does not even hear.
    fn users<'s>(&'s self, state: &'s State, cluster: &ClusterId) -> BTreeSet<&'s str> {
        let concerns =
            |group: &str| self.groups.contains(group) || state.names_group(cluster, group);
        let moved = self.moves.iter().filter(|(_, group)| concerns(group));
        let mut users: BTreeSet<&str> = moved.map(|(user, _)| *user).collect();
        if !self.groups.is_empty() {
            let all = state.memberships().iter();
            let members = all.filter(|(_, groups)| {
                groups
                    .iter()
                    .any(|group| self.groups.contains(group.as_str()))
            });
            users.extend(members.map(|(user, _)| user.as_str()));
        }
        users
    }
}

/// Of a user's groups those that the cluster names.
fn membership(
    state: &State,
    cluster: &ClusterId,
    user: &str,
    groups: &BTreeSet<String>,
) -> Membership {
    let named = groups
        .iter()
        .filter(|group| state.names_group(cluster, group));
    Membership {
        user: user.to_string(),
        groups: named.cloned().collect(),
    }
}

/// The keys that verify tokens, or soon will, as a JWK set.
fn keys(ring: &KeyRing) -> String {
    let serving = ring.terms().iter().filter(|term| term.retired.is_none());
    let keys: Vec<PublicKey> = serving
        .filter_map(|term| PublicKey::from_members(&term.public).ok())
        .collect();
    jwk_set(&keys)
}
