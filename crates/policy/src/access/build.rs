//! Making an index from all rules.

use alloc::string::String;
use alloc::sync::Arc;

use super::collecting::Collecting;
use super::index::{Index, Layer, Settings};
use super::names::Names;
use super::patterns::section;
use super::roles::RoleTable;
use super::rule::Rule;
use super::rules::Rules;
use crate::acl::{AclRef, AclResourceType};
use crate::rbac::AclSource;

impl Index {
    /// Puts all rules in order; a million take about a second. `version` is a number that no other
    /// index of the same node has: subjects know by it which index they belong to.
    #[must_use]
    pub fn build(rules: &Rules<'_>, version: u64) -> Self {
        let mut building = Building {
            layer: Layer {
                names: Names::base(),
                ..Layer::default()
            },
            roles: RoleTable::new(rules.roles),
            collecting: Collecting::default(),
        };
        if rules.providers.central {
            building.grants(rules);
            let policy = rules.policy;
            policy.each_acl(|acl| building.acl(acl, AclSource::Central));
        }
        if rules.providers.local {
            let local = rules.local;
            local.each(|acl| building.acl(acl, AclSource::Local));
        }
        building.memberships(rules);
        let Building {
            mut layer,
            roles,
            collecting,
        } = building;
        layer.patterns = collecting.done();
        layer.survey(None);
        Self {
            version,
            settings: Arc::new(Settings {
                super_users: rules.super_users.iter().cloned().collect(),
                allow_everyone: rules.allow_everyone,
                providers: rules.providers,
            }),
            roles: Arc::new(roles),
            base: Arc::new(layer),
            over: None,
        }
    }
}

struct Building {
    layer: Layer,
    roles: RoleTable,
    collecting: Collecting,
}

impl Building {
    fn principal(&mut self, text: &str) -> u32 {
        let names = &mut self.layer.names;
        let found = names.find_principal(text);
        found.unwrap_or_else(|| names.add_principal(text))
    }

    fn grants(&mut self, rules: &Rules<'_>) {
        rules.policy.each_grant(|grant| {
            let number = self.principal(grant.principal);
            let what = self.roles.what(grant.role);
            let wide = self.roles.wide_bit(what);
            if wide != 0 {
                *self.layer.wide.entry(number).or_default() |= wide;
                return;
            }
            let Some(pattern) = grant.pattern else {
                return;
            };
            if let Some(kind) = AclResourceType::named_in_roles(pattern.resource_type) {
                let rule = Rule::of_role(number, what);
                let section = section(kind, pattern.pattern_type);
                self.collecting.rule(section, pattern.name, rule);
            }
        });
    }

    fn acl(&mut self, acl: AclRef<'_>, source: AclSource) {
        let number = self.principal(acl.principal);
        let names = &mut self.layer.names;
        let host = names.find_host(acl.host);
        let host = host.unwrap_or_else(|| names.add_host(acl.host));
        let rule = Rule::of_acl(number, host, acl.operation, acl.permission_type, source);
        let section = section(acl.resource_type, acl.pattern_type);
        self.collecting.rule(section, acl.name, rule);
    }

    fn memberships(&mut self, rules: &Rules<'_>) {
        for (user, groups) in rules.policy.memberships() {
            let user = self.principal(&user_text(user));
            let groups = groups
                .iter()
                .map(|group| self.principal(&group_text(group)));
            let groups = groups.collect();
            self.layer.groups.insert(user, groups);
        }
    }
}

pub(super) fn user_text(name: &str) -> String {
    alloc::format!("User:{name}")
}

pub(super) fn group_text(name: &str) -> String {
    alloc::format!("Group:{name}")
}
