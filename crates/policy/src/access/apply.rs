//! Making an index from another one and what changed.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::build::{group_text, user_text};
use super::collecting::Collecting;
use super::index::{Index, Layer};
use super::names::Names;
use super::patterns::{SECTIONS, Section, section};
use super::roles::RoleTable;
use super::rule::Rule;
use crate::acl::{AclBinding, AclResourceType};
use crate::feed::{Difference, Membership};
use crate::names::ResourcePattern;
use crate::rbac::AclSource;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// What following the metadata service changed.
    Central(Difference),
    /// An ACL of the cluster itself.
    Local {
        /// Which.
        acl: AclBinding,
        /// Came or went.
        present: bool,
    },
}

impl Index {
    /// The index after these changes, in order; costs in proportion to them and to the changes
    /// since the base was built, not to the rules. `version` as for [`Index::build`].
    #[must_use]
    pub fn after(&self, edits: &[Edit], version: u64) -> Self {
        let mut changing = Changing::of(self);
        for edit in edits {
            changing.edit(edit);
        }
        changing.done(version)
    }
}

struct Changing<'a> {
    index: &'a Index,
    roles: RoleTable,
    names: Names,
    /// All rules of each pattern that differs from the base.
    patterns: BTreeMap<(Section, String), Vec<Rule>>,
    wide: BTreeMap<u32, u64>,
    groups: BTreeMap<u32, Box<[u32]>>,
}

impl<'a> Changing<'a> {
    fn of(index: &'a Index) -> Self {
        let mut patterns = BTreeMap::new();
        let over = index.over.as_deref();
        for section in 0..SECTIONS as Section {
            let Some(over) = over else { break };
            for number in over.patterns.numbers(section) {
                let name = over.patterns.name(number).into();
                let rules = over.patterns.rules(number);
                patterns.insert((section, name), rules.iter().collect());
            }
        }
        let names = || Names::after(&index.base.names);
        Self {
            index,
            roles: (*index.roles).clone(),
            names: over.map_or_else(names, |over| over.names.clone()),
            patterns,
            wide: over.map(|over| over.wide.clone()).unwrap_or_default(),
            groups: over.map(|over| over.groups.clone()).unwrap_or_default(),
        }
    }

    fn edit(&mut self, edit: &Edit) {
        let providers = self.index.settings.providers;
        match edit {
            Edit::Central(Difference::Membership(membership)) => self.membership(membership),
            Edit::Central(difference) if providers.central => self.difference(difference),
            Edit::Local { acl, present } if providers.local => {
                self.acl(acl, AclSource::Local, *present);
            }
            Edit::Central(_) | Edit::Local { .. } => {}
        }
    }

    fn difference(&mut self, difference: &Difference) {
        match difference {
            Difference::Binding {
                principal,
                role,
                present,
            } => self.wide(&alloc::format!("{principal}"), role, *present),
            Difference::Pattern {
                principal,
                role,
                pattern,
                present,
            } => self.pattern(&alloc::format!("{principal}"), role, pattern, *present),
            Difference::Acl { acl, present } => self.acl(acl, AclSource::Central, *present),
            Difference::Membership(membership) => self.membership(membership),
        }
    }

    fn principal(&mut self, text: &str) -> u32 {
        let known = self.index.base.names.find_principal(text);
        let known = known.or_else(|| self.names.find_principal(text));
        known.unwrap_or_else(|| self.names.add_principal(text))
    }

    fn wide(&mut self, principal: &str, role: &str, present: bool) {
        let what = self.roles.what(role);
        let bit = self.roles.wide_bit(what);
        if bit == 0 {
            return;
        }
        let number = self.principal(principal);
        let below = self.index.base.wide.get(&number).copied();
        let roles = self.wide.entry(number).or_insert(below.unwrap_or_default());
        *roles = if present { *roles | bit } else { *roles & !bit };
    }

    fn pattern(&mut self, principal: &str, role: &str, pattern: &ResourcePattern, present: bool) {
        let what = self.roles.what(role);
        let kind = AclResourceType::named_in_roles(&pattern.resource_type);
        let Some(kind) = kind.filter(|_| self.roles.wide_bit(what) == 0) else {
            return;
        };
        let rule = Rule::of_role(self.principal(principal), what);
        self.set(
            section(kind, pattern.pattern_type),
            &pattern.name,
            rule,
            present,
        );
    }

    fn acl(&mut self, acl: &AclBinding, source: AclSource, present: bool) {
        let (pattern, entry) = (&acl.pattern, &acl.entry);
        let principal = self.principal(&alloc::format!("{}", entry.principal));
        let known = self.index.base.names.find_host(&entry.host);
        let known = known.or_else(|| self.names.find_host(&entry.host));
        let host = known.unwrap_or_else(|| self.names.add_host(&entry.host));
        let (operation, permission) = (entry.operation, entry.permission_type);
        let rule = Rule::of_acl(principal, host, operation, permission, source);
        let section = section(pattern.resource_type, pattern.pattern_type);
        self.set(section, &pattern.name, rule, present);
    }

    fn set(&mut self, section: Section, name: &str, rule: Rule, present: bool) {
        let below = &self.index.base.patterns;
        let rules = self.patterns.entry((section, name.into()));
        let rules = rules.or_insert_with(|| {
            let number = below.named(section, name);
            number.map_or_else(Vec::new, |number| below.rules(number).iter().collect())
        });
        match (rules.binary_search(&rule), present) {
            (Ok(place), false) => {
                rules.remove(place);
            }
            (Err(place), true) => rules.insert(place, rule),
            (Ok(_), true) | (Err(_), false) => {}
        }
    }

    fn membership(&mut self, membership: &Membership) {
        let user = self.principal(&user_text(&membership.user));
        let groups = membership.groups.iter();
        let groups = groups.map(|group| self.principal(&group_text(group)));
        let groups = groups.collect();
        self.groups.insert(user, groups);
    }

    fn done(self, version: u64) -> Index {
        let mut collecting = Collecting::default();
        let below = &self.index.base.patterns;
        let hidden = self.patterns.keys();
        let hidden = hidden.filter_map(|(section, name)| below.named(*section, name));
        let mut hidden: Vec<u32> = hidden.collect();
        hidden.sort_unstable();
        for ((section, name), rules) in &self.patterns {
            collecting.pattern(*section, name);
            for rule in rules {
                collecting.rule(*section, name, *rule);
            }
        }
        let mut layer = Layer {
            names: self.names,
            patterns: collecting.done(),
            wide: self.wide,
            groups: self.groups,
            hidden: hidden.into(),
            ..Layer::default()
        };
        layer.survey(Some(&self.index.base));
        Index {
            version,
            settings: Arc::clone(&self.index.settings),
            roles: Arc::new(self.roles),
            base: Arc::clone(&self.index.base),
            over: Some(Arc::new(layer)),
        }
    }
}
