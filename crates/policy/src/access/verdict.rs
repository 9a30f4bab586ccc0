//! The answer, and what it rests on.

use super::codes::{Operation, ResourceType};
use super::index::Index;
use super::rule::{ALLOW, DENY, Rule};
use crate::names::PatternType;
use crate::rbac::AclSource;

/// A pattern of one of the two layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) over: bool,
    pub(super) pattern: u32,
}

/// What an answer rests on, in numbers of the index that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    SuperUser(u32),
    Reserved,
    /// A rule of a pattern: which in its list, and whether it allows.
    Rule(Place, u32, bool),
    /// A principal's roles on the whole cluster, of which those bits allow it.
    Wide(u32, u64),
    Everyone,
    /// Nothing allows it; whether a rule names the resource.
    Nothing(bool),
    /// The subject belongs to another index.
    Stranger,
}

/// Allowed or denied. It belongs to the index that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict(pub(super) Ground);

impl Verdict {
    /// Whether the answer is allow.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        match self.0 {
            Ground::SuperUser(_) | Ground::Wide(..) | Ground::Everyone => true,
            Ground::Rule(_, _, allows) => allows,
            Ground::Reserved | Ground::Nothing(_) | Ground::Stranger => false,
        }
    }

    /// Whether no rule names the resource: `Some` only where nothing allowed or denied it.
    #[must_use]
    pub const fn is_unnamed(self) -> Option<bool> {
        match self.0 {
            Ground::Nothing(named) => Some(!named),
            _ => None,
        }
    }
}

/// A resource pattern, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PatternView<'a> {
    /// The type of resource.
    pub resource_type: ResourceType,
    /// A whole name, `*` for all, or a prefix.
    pub name: &'a str,
    /// How to compare.
    pub pattern_type: PatternType,
}

/// An ACL, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AclView<'a> {
    /// On what.
    pub pattern: PatternView<'a>,
    /// Who, with its type.
    pub principal: &'a str,
    /// From where; `*` is everywhere.
    pub host: &'a str,
    /// What.
    pub operation: Operation,
    /// Whether it allows.
    pub allows: bool,
    /// Where it is kept.
    pub source: AclSource,
}

/// What an answer rests on, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<'a> {
    /// Allowed: a super user, by user or group, with its type.
    SuperUser(&'a str),
    /// Denied: the topic belongs to the metadata service.
    Reserved,
    /// Allowed: a role binding of that principal, on a pattern or on the whole cluster.
    RoleBinding {
        /// The user or group, with its type.
        principal: &'a str,
        /// The role.
        role: &'a str,
        /// On what; `None` for the whole cluster.
        pattern: Option<PatternView<'a>>,
    },
    /// Allowed or denied: an ACL.
    Acl(AclView<'a>),
    /// Allowed: no rule names the resource, and that opens it to everybody.
    Everyone,
    /// Denied: nothing allows it.
    Nothing {
        /// Whether a rule names the resource, whoever it is about.
        named: bool,
    },
    /// Denied: the subject was not made by this index.
    Stranger,
}

impl Index {
    /// What an answer of this index rests on.
    #[must_use]
    pub fn reason(&self, verdict: Verdict) -> Reason<'_> {
        match verdict.0 {
            Ground::SuperUser(number) => {
                let user = self.settings.super_users.get(number as usize);
                Reason::SuperUser(user.map_or("", |user| user))
            }
            Ground::Reserved => Reason::Reserved,
            Ground::Rule(place, number, _) => self.rule_reason(place, number),
            Ground::Wide(principal, roles) => Reason::RoleBinding {
                principal: self.principal(principal),
                role: self.roles.name(roles.trailing_zeros() as u8),
                pattern: None,
            },
            Ground::Everyone => Reason::Everyone,
            Ground::Nothing(named) => Reason::Nothing { named },
            Ground::Stranger => Reason::Stranger,
        }
    }

    fn rule_reason(&self, place: Place, number: u32) -> Reason<'_> {
        let rules = self.layer(place).patterns.rules(place.pattern);
        let rule = rules.get(number as usize);
        rule.map_or(Reason::Stranger, |rule| self.rule_view(place, rule))
    }

    /// A rule as the reason that it can be.
    pub(super) fn rule_view(&self, place: Place, rule: Rule) -> Reason<'_> {
        let pattern = self.pattern_view(place);
        match rule.what {
            DENY | ALLOW => Reason::Acl(AclView {
                pattern,
                principal: self.principal(rule.principal),
                host: self.host(rule.host),
                operation: Operation(rule.operation),
                allows: rule.what == ALLOW,
                source: rule.source(),
            }),
            role => Reason::RoleBinding {
                principal: self.principal(rule.principal),
                role: self.roles.name(role),
                pattern: Some(pattern),
            },
        }
    }

    pub(super) fn pattern_view(&self, place: Place) -> PatternView<'_> {
        let patterns = &self.layer(place).patterns;
        let section = patterns.section_of(place.pattern);
        PatternView {
            resource_type: ResourceType(section / 2),
            name: patterns.name(place.pattern),
            pattern_type: if section.is_multiple_of(2) {
                PatternType::Literal
            } else {
                PatternType::Prefixed
            },
        }
    }
}
