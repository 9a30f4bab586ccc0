//! The rules that are measured.

use std::collections::{BTreeMap, BTreeSet};

use openmds_policy::access::{Index, LocalAcls, Providers, Rules};
use openmds_policy::acl::{
    AclBinding, AclEntry, AclOperation, AclPattern, AclPermission, AclResourceType,
};
use openmds_policy::feed::{Grant, Message, Policy, Snapshot};
use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::Roles;

pub(crate) struct World {
    grants: BTreeMap<(Principal, &'static str), BTreeSet<ResourcePattern>>,
    local: LocalAcls,
    /// Names that are asked about.
    pub(crate) names: Vec<String>,
    pub(crate) user: String,
}

impl World {
    fn of(user: &str) -> Self {
        Self {
            grants: BTreeMap::new(),
            local: LocalAcls::default(),
            names: Vec::new(),
            user: user.to_string(),
        }
    }

    fn grant(&mut self, principal: &str, role: &'static str, name: &str, how: PatternType) {
        let pattern = ResourcePattern {
            resource_type: "Topic".to_string(),
            name: name.to_string(),
            pattern_type: how,
        };
        let key = (Principal::of_kafka(principal), role);
        self.grants.entry(key).or_default().insert(pattern);
    }

    fn acl(&mut self, principal: &str, name: &str, how: PatternType, permission: AclPermission) {
        self.local.add(&AclBinding {
            pattern: AclPattern {
                resource_type: AclResourceType::Topic,
                name: name.to_string(),
                pattern_type: how,
            },
            entry: AclEntry {
                principal: Principal::of_kafka(principal),
                host: "*".to_string(),
                operation: AclOperation::Read,
                permission_type: permission,
            },
        });
    }

    pub(crate) fn policy(&self) -> Policy {
        let cluster = ClusterId::new("k");
        let mut policy = Policy::nothing(cluster.clone());
        let grants = self
            .grants
            .iter()
            .map(|((principal, role), patterns)| Grant {
                principal: principal.clone(),
                role: (*role).to_string(),
                patterns: Some(patterns.clone()),
            });
        let snapshot = Snapshot {
            server: String::new(),
            cluster,
            generation: 1,
            issued_ms: 0,
            grants: grants.collect(),
            acls: Vec::new(),
            memberships: Vec::new(),
            keys: String::new(),
        };
        policy.follow(Message::Snapshot(snapshot)).unwrap();
        policy
    }

    pub(crate) fn index(&self, policy: &Policy) -> Index {
        let rules = Rules {
            roles: &Roles::predefined(),
            super_users: &BTreeSet::new(),
            allow_everyone: false,
            providers: Providers {
                local: true,
                central: true,
            },
            local: &self.local,
            policy,
        };
        Index::build(&rules, 1)
    }
}

/// Ten thousand users and a hundred groups; each binding on a topic of its own, one in ten on a
/// prefix; one denial in a hundred. The user asks about its own topics and others'.
pub(crate) fn typical(rules: usize) -> World {
    let mut world = World::of("User:service-00000000");
    let groups = 100.min(rules / 10);
    for number in 0..rules {
        let name = format!("team-{:03}.orders.events.{number:09}", number % 997);
        let user = match number % 10 {
            0 | 1 => world.user.clone(),
            2..5 => format!("Group:team-{:03}", number % groups),
            _ => format!("User:service-{:08}", number % 10_000),
        };
        if number % 10 == 9 && number / 10 % 10 == 0 {
            world.acl(&user, &name, PatternType::Literal, AclPermission::Deny);
        } else if number % 10 == 8 {
            let prefix = &name[..name.len() - number % 7 - 1];
            world.grant(&user, "DeveloperRead", prefix, PatternType::Prefixed);
        } else {
            world.grant(&user, "DeveloperRead", &name, PatternType::Literal);
        }
        world.names.push(name);
    }
    world
}

/// Names that begin alike for 200 bytes, with a prefix of each length among the rules.
pub(crate) fn long_prefixes(rules: usize) -> World {
    let mut world = World::of("User:service");
    let long = "a".repeat(200);
    for length in (2..200).step_by(2) {
        world.grant(
            "User:other",
            "DeveloperRead",
            &long[..length],
            PatternType::Prefixed,
        );
    }
    for number in 0..rules {
        let name = format!("{long}{number:09}");
        let user = if number % 2 == 0 {
            "User:service"
        } else {
            "User:other"
        };
        world.grant(user, "DeveloperRead", &name, PatternType::Literal);
        world.names.push(name);
    }
    world
}

/// Kafka's own benchmark of authorizers: 10 ACLs for each resource, all names begin alike, and
/// every 100th resource has a prefixed one.
pub(crate) fn like_jmh(resources: usize) -> World {
    let mut world = World::of("User:principal-5");
    for number in 0..resources {
        let name = format!("foo-bar35_resource-{number:06}");
        let how = if number % 100 == 0 {
            PatternType::Prefixed
        } else {
            PatternType::Literal
        };
        for acl in 0..10 {
            let user = format!("User:principal-{acl}");
            world.acl(&user, &name, how, AclPermission::Allow);
        }
        world.names.push(name);
    }
    world
}
