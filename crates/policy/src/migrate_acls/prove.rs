//! Comparing what two sets of rules decide.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use super::rule_set::RuleSet;
use super::side::{About, Side, resources};
use crate::acl::{AclOperation, AclRequest, AclResourceType, Acls, HostRule};
use crate::names::{ClusterId, PatternType, Principal, PrincipalType, ResourcePattern};
use crate::rbac::{
    AccessRequest, AclRules, AclSource, Decision, Reason, Refusal, RoleBindings, Roles, Rules,
    Scope, authorize,
};

/// What is decided, as far as it matters to a principal that may have more groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Allowed.
    Allowed,
    /// An ACL denies it, whatever allows it.
    Denied,
    /// Nothing allows it.
    Nothing,
}

/// A request about which the two sets disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Who; a group stands for a user in that group alone.
    pub principal: Principal,
    /// What.
    pub operation: AclOperation,
    /// The type of the resource.
    pub resource_type: AclResourceType,
    /// Its whole name.
    pub name: String,
    /// From where; `None` if that is not known.
    pub host: Option<IpAddr>,
    /// By the first set.
    pub before: Outcome,
    /// By the second one.
    pub after: Outcome,
}

/// The result of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// How many requests were decided by both.
    pub compared: u64,
    /// About how many they disagree.
    pub differing: u64,
    /// The first of those.
    pub differences: Vec<Difference>,
}

/// A user, a beginning of names and a name that no rule names; rules that do are as good as others.
pub(super) const NOBODY: &str = "openmds-nobody-in-particular";
pub(super) const SUFFIX: &str = "~openmds";

/// Decides requests by both sets, and lists the first `most` about which they disagree.
///
/// For each principal that is named and for one that is not it asks about each name and each beginning
/// of names that its own rules have, about the latter also with something behind it, and about a name
/// that no rule has; each with every operation, from each address that the rules about the name have,
/// from one that they do not have, and from an unknown one. It also compares which resources have a
/// rule at all, because `allow.everyone.if.no.acl.found` opens the others.
///
/// This is enough for every request: a name that others' rules have is to a principal either one of
/// its own or as good as one of those asked about; and what all rules together decide follows from
/// what those of the user, of each of its groups and about everybody decide: denied if one denies, else
/// allowed if one allows.
#[must_use]
pub fn prove(roles: &Roles, before: &RuleSet, after: &RuleSet, most: usize) -> Proof {
    let cluster = ClusterId::new("compared");
    let scope = Scope::kafka(&cluster);
    let sides = [before, after].map(|rules| Side::of(rules, &cluster));
    let mut comparison = Comparison {
        roles,
        cluster: &cluster,
        scope: &scope,
        most,
        proof: Proof::default(),
    };
    let named = sides.iter().flat_map(|side| side.principals());
    let mut principals: BTreeSet<Principal> = named.cloned().collect();
    principals.insert(Principal::user(NOBODY));
    let mut everywhere: BTreeSet<(AclResourceType, String)> = BTreeSet::new();
    for principal in &principals {
        let own = sides.each_ref().map(|side| side.about(principal));
        let resources = resources(&own);
        comparison.principal(principal, &own, &sides, &resources);
        everywhere.extend(resources);
    }
    comparison.named(&sides, &everywhere);
    comparison.proof
}

struct Comparison<'a> {
    roles: &'a Roles,
    cluster: &'a ClusterId,
    scope: &'a Scope,
    most: usize,
    proof: Proof,
}

impl Comparison<'_> {
    fn principal(
        &mut self,
        principal: &Principal,
        own: &[About<'_>; 2],
        sides: &[Side<'_>; 2],
        resources: &BTreeSet<(AclResourceType, String)>,
    ) {
        let mut principals = alloc::vec![principal.clone()];
        if principal.kind() == PrincipalType::Group {
            principals.insert(0, Principal::user(NOBODY));
        }
        for (kind, name) in resources {
            let resource = pattern(*kind, name);
            let acls = own.each_ref().map(|about| self.naming(about, *kind, name));
            let hosts = self.hosts(&acls);
            let [before, after] = sides;
            let both = [(before, &acls[0]), (after, &acls[1])];
            for operation in AclOperation::ALL {
                for host in &hosts {
                    let request = AccessRequest {
                        principals: &principals,
                        scope: self.scope,
                        operation: operation.as_str(),
                        resource: &resource,
                        host: *host,
                    };
                    let [before, after] =
                        both.map(|(side, acls)| self.decide(&side.bindings, acls, request, false));
                    self.enter(principal, operation, (*kind, name), *host, before, after);
                }
            }
        }
    }

    /// Whether the same resources have a rule, whoever it is about.
    fn named(&mut self, sides: &[Side<'_>; 2], resources: &BTreeSet<(AclResourceType, String)>) {
        let nobody = Principal::user(NOBODY);
        let principals = [nobody.clone()];
        let operation = AclOperation::ClusterAction;
        let none = Acls::default();
        for (kind, name) in resources {
            let resource = pattern(*kind, name);
            let request = AccessRequest {
                principals: &principals,
                scope: self.scope,
                operation: operation.as_str(),
                resource: &resource,
                host: None,
            };
            let [before, after] = sides.each_ref().map(|side| {
                let acls = (side.all.clone(), none.clone());
                self.decide(&side.bindings, &acls, request, true)
            });
            self.enter(&nobody, operation, (*kind, name), None, before, after);
        }
    }

    /// Of the rules those ACLs that name the resource: central ones and the cluster's own.
    fn naming(
        &self,
        about: &About<'_>,
        resource_type: AclResourceType,
        name: &str,
    ) -> (Acls, Acls) {
        let (mut central, mut local) = (Acls::default(), Acls::default());
        let asked = AclRequest {
            principals: &[],
            host: None,
            operation: AclOperation::All,
            resource_type,
            name,
        };
        let own = about.own.iter().chain(&about.everybody);
        for (acl, source) in own.filter(|(acl, _)| asked.is_named_by(acl)) {
            let acls = match source {
                AclSource::Central => &mut central,
                AclSource::Local => &mut local,
            };
            acls.add(self.cluster.clone(), acl.clone());
        }
        (central, local)
    }

    /// An unknown address, one that none of the ACLs names, and all that they name.
    fn hosts(&self, acls: &[(Acls, Acls); 2]) -> BTreeSet<Option<IpAddr>> {
        let all = acls.iter().flat_map(|(central, local)| {
            let both = central.of(self.cluster).chain(local.of(self.cluster));
            both.map(|acl| HostRule::parse(&acl.entry.host))
        });
        let rules: Vec<HostRule> = all.collect();
        let named = rules.iter().filter_map(|rule| match rule {
            HostRule::Address(address) | HostRule::Network(address, _) => Some(*address),
            HostRule::Everywhere | HostRule::Nowhere => None,
        });
        let beyond = HostRule::beyond(rules.iter().copied());
        let known = named.chain(beyond).map(Some);
        known.chain([None]).collect()
    }

    fn decide(
        &self,
        bindings: &RoleBindings,
        (central, local): &(Acls, Acls),
        request: AccessRequest<'_>,
        allow_everyone: bool,
    ) -> Outcome {
        let rules = Rules {
            roles: self.roles,
            super_users: &BTreeSet::new(),
            bindings,
            acls: Some(AclRules {
                central,
                local,
                allow_everyone,
            }),
        };
        match authorize(&rules, request) {
            Decision::Allow(Reason::Everyone) => Outcome::Nothing,
            Decision::Allow(_) => Outcome::Allowed,
            Decision::Deny(Refusal::Nothing) if allow_everyone => Outcome::Denied,
            Decision::Deny(Refusal::Nothing) => Outcome::Nothing,
            Decision::Deny(Refusal::Acl(..) | Refusal::Reserved) => Outcome::Denied,
        }
    }

    fn enter(
        &mut self,
        principal: &Principal,
        operation: AclOperation,
        (resource_type, name): (AclResourceType, &str),
        host: Option<IpAddr>,
        before: Outcome,
        after: Outcome,
    ) {
        let proof = &mut self.proof;
        proof.compared += 1;
        if before == after {
            return;
        }
        proof.differing += 1;
        if proof.differences.len() < self.most {
            proof.differences.push(Difference {
                principal: principal.clone(),
                operation,
                resource_type,
                name: name.to_string(),
                host,
                before,
                after,
            });
        }
    }
}

fn pattern(kind: AclResourceType, name: &str) -> ResourcePattern {
    ResourcePattern {
        resource_type: kind.as_str().to_string(),
        name: name.to_string(),
        pattern_type: PatternType::Literal,
    }
}
