//! Everybody who may do something.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use super::authorize::{
    AccessRequest, AclRules, AclSource, Decision, Refusal, Rules, acls, asked, authorize,
};
use super::ground::Ground;
use super::patterns::any_contains;
use super::roles::ScopeType;
use super::scope::Scope;
use crate::acl::{AclBinding, AclOperation, AclPermission, AclRequest, Acls, HostRule};
use crate::names::{Principal, ResourcePattern};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct WhoCan<'a> {
    /// Where.
    pub scope: &'a Scope,
    /// What.
    pub operation: &'a str,
    /// On what: a literal name.
    pub resource: &'a ResourcePattern,
}

/// Somebody whom a rule concerns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// Who; `User:*` is everybody.
    pub principal: Principal,
    /// What allows or denies it: of the principal itself, or of one of its groups.
    pub ground: Ground,
    /// The only host, or network, that it comes from, as the ACL has it; `None` is everywhere.
    pub host: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    /// Who may, each once, or once for each host.
    pub may: Vec<Holder>,
    /// Whom an ACL denies it, from one host at least.
    pub denied: Vec<Holder>,
}

/// Everybody who may, and everybody to whom an ACL denies it: super users, whoever a rule names, and
/// of the users given, each with its groups, those whom a group lets in. Costs as much as looking at
/// all bindings once.
#[must_use]
pub fn who_can<'a>(
    rules: &Rules<'_>,
    question: WhoCan<'_>,
    users: impl IntoIterator<Item = (&'a Principal, &'a [Principal])>,
) -> Holders {
    let narrow = Narrow::of(rules, question);
    let mut named = narrow.named(rules, question);
    named.extend(rules.super_users.iter().cloned());
    if rules.acls.is_some_and(|acls| acls.allow_everyone) {
        named.insert(Principal::user("*"));
    }
    let mut asking: BTreeMap<Principal, Vec<Principal>> = BTreeMap::new();
    for (user, groups) in users {
        if named.contains(user) || groups.iter().any(|group| named.contains(group)) {
            let principals = core::iter::once(user).chain(groups);
            asking.insert(user.clone(), principals.cloned().collect());
        }
    }
    for principal in named {
        let alone = || alloc::vec![principal.clone()];
        asking.entry(principal.clone()).or_insert_with(alone);
    }
    let mut holders = Holders::default();
    let rules = narrow.rules(rules);
    for (principal, principals) in asking {
        narrow.ask(&rules, question, &principal, &principals, &mut holders);
    }
    holders
}

/// The ACLs that name the resource; others do not matter.
#[derive(Default)]
struct Narrow {
    central: Acls,
    local: Acls,
}

impl Narrow {
    fn of(rules: &Rules<'_>, question: WhoCan<'_>) -> Self {
        let mut narrow = Self::default();
        let request = question.request(&[], None);
        let (Some(asked), Some(cluster)) = (asked(&request), question.scope.only_kafka_cluster())
        else {
            return narrow;
        };
        for (acl, source) in acls(rules, question.scope) {
            if asked.is_named_by(acl) && concerns(&asked, acl) {
                let kept = match source {
                    AclSource::Central => &mut narrow.central,
                    AclSource::Local => &mut narrow.local,
                };
                kept.add(cluster.clone(), acl.clone());
            }
        }
        narrow
    }

    fn rules<'a>(&'a self, rules: &Rules<'a>) -> Rules<'a> {
        let acls = rules.acls.map(|acls| AclRules {
            central: &self.central,
            local: &self.local,
            ..acls
        });
        Rules { acls, ..*rules }
    }

    fn acls<'a>(&'a self, scope: &Scope) -> impl Iterator<Item = &'a AclBinding> + use<'a> {
        let cluster = scope.only_kafka_cluster();
        let both = cluster.map(|cluster| (self.central.of(&cluster), self.local.of(&cluster)));
        both.into_iter()
            .flat_map(|(central, local)| central.chain(local))
    }

    /// Whom a rule about the resource and the operation names.
    fn named(&self, rules: &Rules<'_>, question: WhoCan<'_>) -> BTreeSet<Principal> {
        let mut named: BTreeSet<Principal> = self
            .acls(question.scope)
            .map(|acl| acl.entry.principal.clone())
            .collect();
        let resource = question.resource;
        for (key, patterns) in rules.bindings.iter() {
            if key.scope != *question.scope || named.contains(&key.principal) {
                continue;
            }
            let role = rules.roles.named(&key.role);
            let role =
                role.filter(|role| role.permits(&resource.resource_type, question.operation));
            let covered = role.is_some_and(|role| match role.access_policy.scope_type {
                ScopeType::Cluster => true,
                ScopeType::Resource => any_contains(patterns, resource),
            });
            if covered {
                named.insert(key.principal.clone());
            }
        }
        named
    }

    fn ask(
        &self,
        rules: &Rules<'_>,
        question: WhoCan<'_>,
        principal: &Principal,
        principals: &[Principal],
        holders: &mut Holders,
    ) {
        let hosts = self.acls(question.scope).map(|acl| &acl.entry);
        let hosts = hosts.filter(|entry| is_about(&entry.principal, principals));
        let hosts: BTreeSet<&String> = hosts.map(|entry| &entry.host).collect();
        let rest = HostRule::beyond(hosts.iter().map(|host| HostRule::parse(host)));
        let mut enter = |address: Option<IpAddr>, host: Option<&String>, usual: Option<&Ground>| {
            let request = question.request(principals, address);
            let decision = authorize(rules, request);
            let ground = Ground::of(&decision, rules, request);
            let holders = match decision {
                Decision::Allow(_) => &mut holders.may,
                Decision::Deny(Refusal::Acl(..)) => &mut holders.denied,
                Decision::Deny(_) => return ground,
            };
            if usual != Some(&ground) {
                holders.push(Holder {
                    principal: principal.clone(),
                    ground: ground.clone(),
                    host: host.cloned(),
                });
            }
            ground
        };
        let usual = enter(rest, None, None);
        for host in hosts {
            match HostRule::parse(host) {
                HostRule::Address(address) | HostRule::Network(address, _) => {
                    enter(Some(address), Some(host), Some(&usual));
                }
                HostRule::Everywhere | HostRule::Nowhere => {}
            }
        }
    }
}

impl<'a> WhoCan<'a> {
    const fn request<'b>(
        &self,
        principals: &'b [Principal],
        host: Option<IpAddr>,
    ) -> AccessRequest<'b>
    where
        'a: 'b,
    {
        AccessRequest {
            principals,
            scope: self.scope,
            operation: self.operation,
            resource: self.resource,
            host,
        }
    }
}

/// Whether an ACL about the principal is about one of these.
fn is_about(principal: &Principal, principals: &[Principal]) -> bool {
    principals.contains(principal) || *principal == Principal::user("*")
}

/// Whether the ACL is about the operation, from wherever.
fn concerns(asked: &AclRequest<'_>, acl: &AclBinding) -> bool {
    let (operation, denies) = (
        acl.entry.operation,
        acl.entry.permission_type == AclPermission::Deny,
    );
    operation == AclOperation::All
        || operation == asked.operation
        || (!denies && operation.implies(asked.operation))
}
