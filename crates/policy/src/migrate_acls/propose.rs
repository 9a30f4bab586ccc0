//! Rules of the metadata service that say the same as a cluster's own ACLs.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::rule_set::RuleSet;
use crate::acl::{AclBinding, AclEntry, AclOperation, AclPattern, AclPermission, AclResourceType};
use crate::names::{LONGEST_NAME, PatternType, Principal, PrincipalType, ResourcePattern};
use crate::rbac::{AclSource, KAFKA_CLUSTER, Role, Roles, ScopeType};

/// What becomes of some ACLs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Move {
    /// Roles on a pattern stand for all of these ACLs, no more and no less.
    Roles {
        /// Who.
        principal: Principal,
        /// Which, together.
        roles: Vec<String>,
        /// On what.
        pattern: ResourcePattern,
        /// The ACLs that go.
        acls: Vec<AclBinding>,
    },
    /// A central ACL says what it says.
    Acl(AclBinding),
    /// The metadata service cannot keep it.
    Stays(AclBinding, Stays),
}

/// Why an ACL stays with its cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stays {
    /// Its principal is neither `User:` nor `Group:`, or has no name or too long a one.
    Principal,
    /// Central ACLs are not about that type of resource.
    ResourceType,
    /// Central ACLs are not about that operation.
    Operation,
    /// Its name or host is empty or too long, or no cluster is named so.
    Name,
}

/// What becomes of each ACL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Each ACL is in one of them.
    pub moves: Vec<Move>,
}

impl Proposal {
    /// The rules of the proposal, with those ACLs that stay.
    #[must_use]
    pub fn rules(&self) -> RuleSet {
        let mut rules = RuleSet::default();
        for one in &self.moves {
            match one {
                Move::Roles {
                    principal,
                    roles,
                    pattern,
                    ..
                } => {
                    for role in roles {
                        let key = (principal.clone(), role.clone());
                        let held = rules.bindings.entry(key).or_default();
                        held.insert(pattern.clone());
                    }
                }
                Move::Acl(acl) => {
                    rules.acls.insert((acl.clone(), AclSource::Central));
                }
                Move::Stays(acl, _) => {
                    rules.acls.insert((acl.clone(), AclSource::Local));
                }
            }
        }
        rules
    }
}

/// What becomes of each ACL: a role where it, alone or with others of the same principal on the same
/// pattern, says exactly what the ACLs say; else a central ACL; else it stays.
///
/// Roles that also let their holders see or change bindings are not exact: ACLs say nothing of that.
#[must_use]
pub fn propose<'a>(roles: &Roles, acls: impl IntoIterator<Item = &'a AclBinding>) -> Proposal {
    let mut moves = Vec::new();
    let mut allowing: BTreeMap<(&Principal, &AclPattern), Vec<&AclBinding>> = BTreeMap::new();
    let all: BTreeSet<&AclBinding> = acls.into_iter().collect();
    for acl in all {
        match stays(acl) {
            Some(why) => moves.push(Move::Stays(acl.clone(), why)),
            None if can_be_a_role(acl) => {
                let key = (&acl.entry.principal, &acl.pattern);
                allowing.entry(key).or_default().push(acl);
            }
            None => moves.push(Move::Acl(acl.clone())),
        }
    }
    for ((principal, pattern), acls) in allowing {
        let (chosen, replaced) = exact(roles, pattern.resource_type, &acls);
        let (gone, kept): (Vec<_>, Vec<_>) = acls
            .into_iter()
            .partition(|acl| replaced.contains(&acl.entry.operation));
        moves.extend(kept.into_iter().cloned().map(Move::Acl));
        if !chosen.is_empty() {
            moves.push(Move::Roles {
                principal: principal.clone(),
                roles: chosen,
                pattern: ResourcePattern {
                    resource_type: pattern.resource_type.as_str().into(),
                    name: pattern.name.clone(),
                    pattern_type: pattern.pattern_type,
                },
                acls: gone.into_iter().cloned().collect(),
            });
        }
    }
    moves.sort();
    Proposal { moves }
}

fn stays(acl: &AclBinding) -> Option<Stays> {
    let AclBinding { pattern, entry } = acl;
    let principal = &entry.principal;
    let texts = [&pattern.name, &entry.host];
    let cluster = pattern.resource_type == AclResourceType::Cluster;
    let literal = pattern.pattern_type == PatternType::Literal;
    let unusable = |text: &&String| text.is_empty() || text.len() > LONGEST_NAME;
    if principal.kind() == PrincipalType::Other
        || Principal::parse(&alloc::format!("{principal}")).is_err()
    {
        Some(Stays::Principal)
    } else if !pattern.resource_type.is_central() {
        Some(Stays::ResourceType)
    } else if !entry.operation.is_central() {
        Some(Stays::Operation)
    } else if texts.iter().any(unusable) || cluster && (pattern.name != KAFKA_CLUSTER || !literal) {
        Some(Stays::Name)
    } else {
        None
    }
}

/// Role bindings hold from everywhere, for one principal that is not everybody; and as a resource of
/// bindings the name `*` is all names, which a prefix does not hold.
fn can_be_a_role(acl: &AclBinding) -> bool {
    let AclBinding { pattern, entry } = acl;
    let AclEntry { host, .. } = entry;
    let prefixed = pattern.pattern_type == PatternType::Prefixed;
    entry.permission_type == AclPermission::Allow
        && host == "*"
        && entry.principal.name() != "*"
        && !(prefixed && pattern.name == "*")
}

/// All that an allowance opens.
fn opened(operation: AclOperation) -> impl Iterator<Item = AclOperation> {
    let all = AclOperation::ALL.into_iter();
    all.filter(move |one| {
        operation == AclOperation::All || *one == operation || operation.implies(*one)
    })
}

/// The roles that together open just what some of the ACLs open, and the operations of these ACLs:
/// as many of them as possible, by as few roles as possible.
fn exact(
    roles: &Roles,
    kind: AclResourceType,
    acls: &[&AclBinding],
) -> (Vec<String>, BTreeSet<AclOperation>) {
    let mut best: (Vec<String>, BTreeSet<AclOperation>) = Default::default();
    let held: BTreeSet<AclOperation> = acls.iter().map(|acl| acl.entry.operation).collect();
    let possible = possible(roles, kind);
    for choice in 0_u32..1 << possible.len() {
        let chosen = possible.iter().enumerate();
        let chosen = chosen.filter(|(place, _)| choice >> place & 1 == 1);
        let chosen: Vec<_> = chosen.map(|(_, one)| one).collect();
        let by_roles: BTreeSet<AclOperation> =
            chosen.iter().flat_map(|one| &one.1).copied().collect();
        let replaced: BTreeSet<AclOperation> = held
            .iter()
            .copied()
            .filter(|one| opened(*one).all(|open| by_roles.contains(&open)))
            .collect();
        let by_acls: BTreeSet<AclOperation> = replaced.iter().copied().flat_map(opened).collect();
        let better = replaced.len() > best.1.len()
            || replaced.len() == best.1.len() && chosen.len() < best.0.len();
        if by_acls == by_roles && better {
            let names = chosen.iter().map(|one| one.0.clone());
            best = (names.collect(), replaced);
        }
    }
    best
}

/// The roles on resources of the type that open nothing but what ACLs are about, and what they open.
fn possible(roles: &Roles, kind: AclResourceType) -> Vec<(String, BTreeSet<AclOperation>)> {
    let kind = kind.as_str();
    let usable = |role: &&Role| {
        role.access_policy.scope_type == ScopeType::Resource
            && role.can_bind(kind)
            && !["DescribeAccess", "AlterAccess"]
                .iter()
                .any(|access| role.permits(kind, access))
    };
    let usable = roles.all().iter().filter(usable).map(|role| {
        let all = AclOperation::ALL.into_iter();
        let opened = all.filter(|one| role.permits(kind, one.as_str()));
        (role.name.clone(), opened.collect::<BTreeSet<_>>())
    });
    usable.filter(|(_, opened)| !opened.is_empty()).collect()
}
