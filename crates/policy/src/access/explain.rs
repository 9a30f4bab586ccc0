//! Why an answer is what it is, and what would make it another.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use super::codes::{Operation, ResourceType};
use super::commands::{Wanted, remove};
use super::decide::Asked;
use super::hash::Hashing;
use super::index::Index;
use super::patterns::sections_of;
use super::rule::{ALLOW, DENY, Rule};
use super::verdict::{Place, Reason, Verdict};
use crate::names::ClusterId;
use crate::rbac::Roles;

/// Most rules that are shown as near.
const MOST_NEAR: usize = 10;

/// Somebody who wants something, as somebody else asks about it.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry<'a> {
    /// The user, or a group, with its type.
    pub principal: &'a str,
    /// Groups beside those of the directory, without type.
    pub groups: &'a [&'a str],
    /// From where.
    pub host: Option<IpAddr>,
    /// What.
    pub operation: Operation,
    /// On what type of resource.
    pub resource_type: ResourceType,
    /// The resource.
    pub name: &'a str,
}

/// Why a rule about the subject does not allow what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misses {
    /// It is about other hosts.
    Host,
    /// It is about other operations.
    Operation,
    /// It is about other resources of the type.
    Resource,
}

/// An answer with what it rests on.
#[derive(Debug, Clone)]
pub struct Explanation<'a> {
    /// The answer.
    pub verdict: Verdict,
    /// What made it.
    pub reason: Reason<'a>,
    /// On a refusal by nothing: rules about the subject that come near, the nearest first; at most
    /// ten.
    pub nearest: Vec<(Reason<'a>, Misses)>,
    /// On a refusal: the commands that would change it, one a line.
    pub commands: Vec<String>,
}

impl Index {
    /// Decides, and says why. Off the path of requests: it takes memory and time.
    #[must_use]
    pub fn explain(
        &self,
        inquiry: &Inquiry<'_>,
        roles: &Roles,
        cluster: &ClusterId,
    ) -> Explanation<'_> {
        let subject = self.subject(inquiry.principal, inquiry.groups);
        let (operation, kind) = (inquiry.operation, inquiry.resource_type);
        let verdict = self.decide(&subject, inquiry.host, operation, kind, inquiry.name);
        let reason = self.reason(verdict);
        let asked = self.asked(&subject, inquiry.host, operation, kind);
        let wanted = Wanted {
            principal: inquiry.principal,
            operation,
            resource_type: kind,
            name: inquiry.name,
            cluster,
        };
        let providers = self.settings.providers;
        let commands = match &reason {
            Reason::Nothing { .. } => wanted.grant(roles, providers).into_iter().collect(),
            Reason::Acl(acl) if !acl.allows => [remove(acl, cluster)].into(),
            _ => Vec::new(),
        };
        let nearest = match &reason {
            Reason::Nothing { .. } => self.nearest(&asked, inquiry),
            _ => Vec::new(),
        };
        Explanation {
            verdict,
            reason,
            nearest,
            commands,
        }
    }

    fn nearest(&self, asked: &Asked<'_>, inquiry: &Inquiry<'_>) -> Vec<(Reason<'_>, Misses)> {
        let places = self.covering(inquiry.resource_type, inquiry.name);
        let covering: BTreeSet<(bool, u32)> = places
            .iter()
            .map(|place| (place.over, place.pattern))
            .collect();
        let here = places.into_iter().flat_map(|place| {
            let rules = self.layer(place).patterns.rules(place.pattern);
            rules.iter().map(move |rule| (place, rule))
        });
        let here = here.filter(|(_, rule)| rule.what != DENY && asked.subject.is(rule.principal));
        let here = here.map(|(place, rule)| {
            let misses = if asked.is_about(&rule) {
                Misses::Host
            } else {
                Misses::Operation
            };
            (self.rule_view(place, rule), misses)
        });
        let elsewhere = self.own_rules(asked, inquiry.resource_type);
        let elsewhere = elsewhere
            .into_iter()
            .filter(|(place, rule)| {
                !covering.contains(&(place.over, place.pattern)) && asked.is_about(rule)
            })
            .map(|(place, rule)| (self.rule_view(place, rule), Misses::Resource));
        let mut all: Vec<(Reason<'_>, Misses)> = here.collect();
        all.sort_by_key(|(_, misses)| *misses);
        all.extend(elsewhere);
        all.truncate(MOST_NEAR);
        all
    }

    /// The patterns with rules that have the name.
    pub(super) fn covering(&self, resource_type: ResourceType, name: &str) -> Vec<Place> {
        let Some(facts) = self.facts(resource_type) else {
            return Vec::new();
        };
        let [literal, prefixed] = sections_of(resource_type);
        let name = name.as_bytes();
        let mut hashing = Hashing::new(name);
        let prefixes = facts.lengths.iter();
        let prefixes = prefixes.map_while(|length| name.get(..*length as usize));
        let prefixes = prefixes.filter_map(|prefix| {
            let hash = hashing.up_to(prefix.len(), prefixed);
            self.find(prefixed, hash, prefix)
        });
        let prefixes: Vec<Place> = prefixes.collect();
        let own = self.find(literal, Hashing::of(literal, name), name);
        let everything = facts.everything.filter(|_| name != b"*");
        own.into_iter()
            .chain(prefixes.into_iter().rev())
            .chain(everything)
            .collect()
    }

    /// Rules about the subject on any resource of the type.
    fn own_rules(&self, asked: &Asked<'_>, resource_type: ResourceType) -> Vec<(Place, Rule)> {
        let mut all = Vec::new();
        for section in sections_of(resource_type) {
            let layers = self.over.iter().map(|layer| (layer, true));
            for (layer, over) in layers.chain([(&self.base, false)]) {
                let numbers = layer.patterns.section(section);
                for principal in &asked.subject.numbers {
                    for pattern in layer.patterns.held_by(*principal) {
                        let place = Place { over, pattern };
                        if !numbers.contains(&pattern) || self.is_hidden(place) {
                            continue;
                        }
                        let rules = layer.patterns.rules(pattern).iter();
                        let own = rules.filter(|rule| rule.principal == *principal);
                        all.extend(own.map(|rule| (place, rule)));
                        if all.len() > 1_000 {
                            return all;
                        }
                    }
                }
            }
        }
        all
    }
}

impl Asked<'_> {
    /// Whether a rule would allow it but for host and resource.
    fn is_about(&self, rule: &Rule) -> bool {
        match rule.what {
            DENY => false,
            ALLOW => self.row.acls.allowing >> (rule.operation & 31) & 1 == 1,
            role => role < 64 && self.row.roles >> role & 1 == 1,
        }
    }
}
