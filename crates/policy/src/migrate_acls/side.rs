//! One of two sets of rules, in order, and what there is to ask about it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::prove::{NOBODY, SUFFIX};
use super::rule_set::RuleSet;
use crate::acl::{AclBinding, AclResourceType, Acls};
use crate::names::{ClusterId, PatternType, Principal, ResourcePattern};
use crate::rbac::{AclSource, RoleBindings};

type Own<'a> = Vec<&'a (AclBinding, AclSource)>;

/// One set of rules, in order.
pub(super) struct Side<'a> {
    pub(super) bindings: RoleBindings,
    by_principal: BTreeMap<Principal, (Own<'a>, Vec<&'a ResourcePattern>)>,
    pub(super) all: Acls,
}

/// The rules of one set that concern a principal.
pub(super) struct About<'a> {
    pub(super) own: Own<'a>,
    patterns: Vec<&'a ResourcePattern>,
    pub(super) everybody: Own<'a>,
}

impl<'a> Side<'a> {
    pub(super) fn of(rules: &'a RuleSet, cluster: &ClusterId) -> Self {
        let mut by_principal: BTreeMap<Principal, (Own<'a>, Vec<&'a ResourcePattern>)> =
            BTreeMap::new();
        let mut all = Acls::default();
        for acl in &rules.acls {
            let principal = acl.0.entry.principal.clone();
            by_principal.entry(principal).or_default().0.push(acl);
            all.add(cluster.clone(), acl.0.clone());
        }
        for ((principal, _), patterns) in &rules.bindings {
            let own = by_principal.entry(principal.clone()).or_default();
            own.1.extend(patterns);
        }
        Self {
            bindings: rules.role_bindings(cluster),
            by_principal,
            all,
        }
    }

    /// Whom its rules name.
    pub(super) fn principals(&self) -> impl Iterator<Item = &Principal> {
        self.by_principal.keys()
    }

    /// Its own rules, and the ACLs about everybody.
    pub(super) fn about(&self, principal: &Principal) -> About<'a> {
        let everybody = Principal::user("*");
        let of = |principal| {
            self.by_principal
                .get(principal)
                .cloned()
                .unwrap_or_default()
        };
        let (own, patterns) = of(principal);
        let (everybody, _) = match *principal == everybody {
            true => Default::default(),
            false => of(&everybody),
        };
        About {
            own,
            patterns,
            everybody,
        }
    }
}

/// The names to ask about.
pub(super) fn resources(own: &[About<'_>; 2]) -> BTreeSet<(AclResourceType, String)> {
    let mut found = BTreeSet::new();
    let mut add = |kind, name: &str, how| {
        if !name.is_empty() {
            found.insert((kind, name.to_string()));
        }
        if how == PatternType::Prefixed {
            found.insert((kind, alloc::format!("{name}{SUFFIX}")));
        }
    };
    for about in own {
        for (acl, _) in &about.own {
            let pattern = &acl.pattern;
            add(pattern.resource_type, &pattern.name, pattern.pattern_type);
        }
        for pattern in &about.patterns {
            let kind = AclResourceType::named_in_roles(&pattern.resource_type);
            if let Some(kind) = kind {
                add(kind, &pattern.name, pattern.pattern_type);
            }
        }
    }
    for kind in AclResourceType::ALL {
        add(kind, NOBODY, PatternType::Literal);
        add(kind, "*", PatternType::Literal);
    }
    found
}
