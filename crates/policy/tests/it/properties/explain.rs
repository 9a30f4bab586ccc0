//! Why somebody may or may not, and who may: against the one function that decides.

use std::collections::BTreeSet;
use std::net::IpAddr;

use openmds_policy::acl::{
    AclBinding, AclEntry, AclOperation, AclPattern, AclPermission, AclResourceType, Acls,
};
use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{
    AccessRequest, AclRules, AclSource, BindingKey, Decision, Grant, Ground, RoleBindings, Roles,
    Rules, Scope, WhoCan, authorize, granting, nearest, who_can,
};
use proptest::prelude::*;

fn principal() -> impl Strategy<Value = Principal> {
    let texts = vec!["User:a", "User:b", "Group:g", "Group:h"];
    prop::sample::select(texts).prop_map(|text| Principal::parse(text).unwrap())
}

fn acl_of(kinds: &'static [AclResourceType]) -> impl Strategy<Value = AclBinding> {
    let name = prop_oneof!["t{1,2}", Just("*".to_string())];
    let pattern = prop::sample::select(vec![PatternType::Literal, PatternType::Prefixed]);
    let pattern = (prop::sample::select(kinds), name, pattern);
    let who = prop_oneof![4 => principal(), 1 => Just(Principal::user("*"))];
    let operations = vec![
        AclOperation::All,
        AclOperation::Read,
        AclOperation::Write,
        AclOperation::Describe,
    ];
    let host = prop::sample::select(vec!["*", "*", "*", "10.0.0.1", "10.0.0.0/8", "nowhere"]);
    let entry = (
        who,
        host,
        prop::sample::select(operations),
        prop::bool::weighted(0.7),
    );
    (pattern, entry).prop_map(|((resource_type, name, pattern_type), entry)| AclBinding {
        pattern: AclPattern {
            resource_type,
            name,
            pattern_type,
        },
        entry: AclEntry {
            principal: entry.0,
            host: entry.1.to_string(),
            operation: entry.2,
            permission_type: if entry.3 {
                AclPermission::Allow
            } else {
                AclPermission::Deny
            },
        },
    })
}

fn binding() -> impl Strategy<Value = (Principal, &'static str, ResourcePattern)> {
    let role = vec![
        "DeveloperRead",
        "DeveloperWrite",
        "ResourceOwner",
        "Operator",
    ];
    let how = prop::sample::select(vec![PatternType::Literal, PatternType::Prefixed]);
    (principal(), prop::sample::select(role), "t{1,2}", how).prop_map(|(who, role, name, how)| {
        (
            who,
            role,
            ResourcePattern::parse("Topic", &name, how).unwrap(),
        )
    })
}

fn cluster() -> ClusterId {
    ClusterId::new("k")
}

#[derive(Debug, Clone)]
struct World {
    bindings: RoleBindings,
    acls: Acls,
    super_users: BTreeSet<Principal>,
}

fn world() -> impl Strategy<Value = World> {
    let kinds = &[AclResourceType::Topic, AclResourceType::Group];
    (
        prop::collection::vec(binding(), 0..5),
        prop::collection::vec(acl_of(kinds), 0..6),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(bound, listed, super_user)| {
            let mut world = World {
                bindings: RoleBindings::default(),
                acls: Acls::default(),
                super_users: super_user
                    .then(|| Principal::user("b"))
                    .into_iter()
                    .collect(),
            };
            for (principal, role, pattern) in bound {
                world.bind(&principal, role, Some(pattern));
            }
            for acl in listed {
                world.acls.add(cluster(), acl);
            }
            world
        })
}

impl World {
    fn bind(&mut self, principal: &Principal, role: &str, pattern: Option<ResourcePattern>) {
        let key = BindingKey {
            principal: principal.clone(),
            role: role.to_string(),
            scope: Scope::kafka(&cluster()),
        };
        let mut patterns = self.bindings.patterns(&key).cloned().unwrap_or_default();
        patterns.extend(pattern.filter(|_| role != "Operator"));
        self.bindings.set(key, patterns);
    }

    fn with<T>(&self, then: impl FnOnce(&Rules<'_>) -> T) -> T {
        let none = Acls::default();
        then(&Rules {
            roles: &Roles::predefined(),
            super_users: &self.super_users,
            bindings: &self.bindings,
            acls: Some(AclRules {
                central: &self.acls,
                local: &none,
                allow_everyone: false,
            }),
        })
    }
}

#[derive(Debug, Clone)]
struct Asked {
    principals: Vec<Principal>,
    operation: &'static str,
    resource: ResourcePattern,
    host: Option<IpAddr>,
}

impl Asked {
    fn request<'a>(&'a self, scope: &'a Scope) -> AccessRequest<'a> {
        AccessRequest {
            principals: &self.principals,
            scope,
            operation: self.operation,
            resource: &self.resource,
            host: self.host,
        }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let groups = prop::sample::subsequence(vec!["g", "h"], 0..=2);
    let operations = vec!["Read", "Write", "Describe", "Alter", "ClusterAction"];
    let kind = prop::sample::select(vec!["Topic", "Topic", "Group"]);
    let host = prop::sample::select(vec![None, Some("10.0.0.1"), Some("11.0.0.1")]);
    (
        groups,
        prop::sample::select(operations),
        kind,
        "t{1,3}",
        host,
    )
        .prop_map(|(groups, operation, kind, name, host)| {
            let groups = groups.into_iter().map(Principal::group);
            Asked {
                principals: std::iter::once(Principal::user("a"))
                    .chain(groups)
                    .collect(),
                operation,
                resource: ResourcePattern::parse(kind, &name, PatternType::Literal).unwrap(),
                host: host.map(|host| host.parse().unwrap()),
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn each_grant_alone_allows_once_the_denials_are_gone(world in world(), asked in asked()) {
        let scope = Scope::kafka(&cluster());
        let request = asked.request(&scope);
        let user = Principal::user("a");
        let (allowed, granting) = world.with(|rules| (authorize(rules, request).is_allowed(), granting(rules, request, &user)));
        prop_assert_eq!(allowed, granting.is_none());
        let Some(granting) = granting else { return Ok(()) };
        let mut open = world.clone();
        for (acl, source) in &granting.denials {
            prop_assert_eq!(*source, AclSource::Central);
            open.acls.remove(&cluster(), acl);
        }
        let now = open.with(|rules| authorize(rules, request).is_allowed());
        prop_assert_eq!(now, granting.grants.is_empty());
        for grant in granting.grants {
            let mut granted = open.clone();
            match grant {
                Grant::Role(role, pattern) => granted.bind(&user, &role, pattern),
                Grant::Acl(acl) => granted.acls.add(cluster(), acl),
            }
            prop_assert!(granted.with(|rules| authorize(rules, request).is_allowed()));
        }
    }

    #[test]
    fn what_comes_near_is_held_and_does_not_allow(world in world(), asked in asked()) {
        let scope = Scope::kafka(&cluster());
        let request = asked.request(&scope);
        let near = world.with(|rules| nearest(rules, request, 3));
        prop_assert!(near.len() <= 3);
        for one in near {
            let mut alone = World { bindings: RoleBindings::default(), acls: Acls::default(), super_users: BTreeSet::new() };
            match one.rule {
                Ground::RoleBinding(key, pattern) => {
                    prop_assert!(asked.principals.contains(&key.principal));
                    alone.bind(&key.principal, &key.role, pattern);
                }
                Ground::Acl(acl, _) => {
                    prop_assert!(world.acls.contains(&cluster(), &acl));
                    alone.acls.add(cluster(), acl);
                }
                other => prop_assert!(false, "{:?}", other),
            }
            prop_assert!(!one.lacks.is_empty());
            prop_assert!(!alone.with(|rules| authorize(rules, request).is_allowed()));
        }
    }

    #[test]
    fn who_may_is_whom_the_one_function_lets_in(world in world(), asked in asked()) {
        let scope = Scope::kafka(&cluster());
        let users = [
            (Principal::user("a"), vec![Principal::group("g")]),
            (Principal::user("b"), vec![]),
            (Principal::user("c"), vec![Principal::group("g"), Principal::group("h")]),
        ];
        let question = WhoCan { scope: &scope, operation: asked.operation, resource: &asked.resource };
        let known = users.iter().map(|(user, groups)| (user, groups.as_slice()));
        let holders = world.with(|rules| who_can(rules, question, known));
        let everybody = Principal::user("*");
        for address in ["10.0.0.1", "10.9.9.9", "11.0.0.1"] {
            let address: IpAddr = address.parse().unwrap();
            for (user, groups) in &users {
                let principals: Vec<Principal> = std::iter::once(user).chain(groups).cloned().collect();
                let request = AccessRequest { principals: &principals, host: Some(address), ..asked.request(&scope) };
                let decided = world.with(|rules| {
                    let decision = authorize(rules, request);
                    let denied = matches!(decision, Decision::Deny(_)) && Ground::of(&decision, rules, request) != Ground::Nothing;
                    (decision.is_allowed(), denied)
                });
                let here = |host: &Option<String>| host.as_deref().is_none_or(|host| openmds_policy::acl::HostRule::parse(host).covers(Some(address), false));
                let about = |holder: &&openmds_policy::rbac::Holder| holder.principal == *user && here(&holder.host);
                let named = holders.may.iter().find(about).is_some();
                let open = holders.may.iter().any(|one| one.principal == everybody && here(&one.host));
                let shut = holders.denied.iter().find(about).is_some()
                    || holders.denied.iter().any(|one| one.principal == everybody && here(&one.host));
                // What is said of single hosts goes before what is said of all.
                prop_assert!(decided.0 <= (named || open), "{user} {address} {holders:?}");
                prop_assert!(decided.1 <= shut, "{user} {address} {holders:?}");
                prop_assert!(decided.0 || shut || !(named || open), "{user} {address} {holders:?}");
            }
        }
    }
}
