//! The decision itself: the order of [`crate::rbac::authorize`], without a list to walk.

use core::net::IpAddr;

use super::codes::{Operation, ResourceType};
use super::hash::Hashing;
use super::index::Index;
use super::patterns::sections_of;
use super::roles::Row;
use super::rule::{ALLOW, DENY, Rule};
use super::subject::Subject;
use super::verdict::{Ground, Place, Verdict};
use crate::acl::AclResourceType;
use crate::rbac::RESERVED_TOPICS;

/// One question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) index: &'a Index,
    pub(super) subject: &'a Subject,
    pub(super) host: Option<IpAddr>,
    pub(super) row: Row,
}

/// What the patterns looked at so far say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found {
    pub(super) denying: Option<(Place, u32)>,
    pub(super) role: Option<(Place, u32)>,
    pub(super) acl: Option<(Place, u32)>,
    /// Whether any has a rule.
    pub(super) named: bool,
}

/// With more rules for one pattern than so many times the subject's principals, each principal is
/// looked up among the rules.
const MANY: usize = 8;

impl Asked<'_> {
    /// Whether the rule, which is about the subject, decides.
    fn decides(&self, rule: &Rule) -> bool {
        let (what, operation) = (rule.what, rule.operation);
        let about = match what {
            DENY => self.row.acls.denying >> (operation & 31) & 1 == 1,
            ALLOW => self.row.acls.allowing >> (operation & 31) & 1 == 1,
            // Everybody is who ACLs are about; a role binding is about a user called `*`.
            role => {
                role < 64
                    && self.row.roles >> role & 1 == 1
                    && self.subject.everybody != Some(rule.principal)
            }
        };
        about && (rule.host == 0 || self.is_from(rule.host, what == DENY))
    }

    fn is_from(&self, host: u32, denies: bool) -> bool {
        let mut layers = self.index.layers();
        let covers = layers.find_map(|layer| layer.names.covers(host, self.host, denies));
        covers.unwrap_or(denies)
    }

    /// Adds what a pattern's rules say.
    #[inline]
    pub(super) fn look(&self, place: Place, found: &mut Found) {
        let rules = self.index.layer(place).patterns.rules(place.pattern);
        found.named |= !rules.is_empty();
        if rules.len() <= MANY * self.subject.numbers.len() {
            for (at, rule) in (0..).zip(rules.iter()) {
                if self.subject.is(rule.principal) {
                    self.weigh(&rule, (place, at), found);
                }
            }
            return;
        }
        for principal in &self.subject.numbers {
            let first = rules.first_of(*principal);
            let own = (first as u32..).zip(rules.iter().skip(first));
            for (at, rule) in own.take_while(|(_, rule)| rule.principal == *principal) {
                self.weigh(&rule, (place, at), found);
            }
        }
    }

    fn weigh(&self, rule: &Rule, at: (Place, u32), found: &mut Found) {
        let kept = match rule.what {
            DENY => &mut found.denying,
            ALLOW => &mut found.acl,
            _ => &mut found.role,
        };
        if kept.is_none() && self.decides(rule) {
            *kept = Some(at);
        }
    }

    /// The role on the whole cluster that allows it.
    pub(super) fn wide(&self) -> Option<Ground> {
        let mut held = self.subject.wide.iter();
        let allowing = held.find(|(_, roles)| roles & self.row.roles != 0);
        allowing.map(|(principal, roles)| Ground::Wide(*principal, roles & self.row.roles))
    }
}

impl Index {
    pub(super) fn asked<'a>(
        &'a self,
        subject: &'a Subject,
        host: Option<IpAddr>,
        operation: Operation,
        resource_type: ResourceType,
    ) -> Asked<'a> {
        Asked {
            index: self,
            subject,
            host,
            row: self.roles.row(operation, resource_type),
        }
    }

    /// Decides one request; takes no memory. A subject of another index is denied everything. The
    /// address is the client's; if it is not known, denials for single hosts count and allowances
    /// for them do not.
    #[must_use]
    pub fn decide(
        &self,
        subject: &Subject,
        host: Option<IpAddr>,
        operation: Operation,
        resource_type: ResourceType,
        name: &str,
    ) -> Verdict {
        if !subject.belongs_to(self) {
            return Verdict(Ground::Stranger);
        }
        if let Some(user) = subject.super_user {
            return Verdict(Ground::SuperUser(user));
        }
        if is_reserved(resource_type, name) {
            return Verdict(Ground::Reserved);
        }
        let asked = self.asked(subject, host, operation, resource_type);
        let wide = asked.wide();
        let denies = self.facts(resource_type).is_some_and(|facts| facts.denies);
        if let Some(ground) = wide.filter(|_| !denies) {
            return Verdict(ground);
        }
        let found = self.look_up(&asked, resource_type, name);
        let rule = |(place, rule), allows| Ground::Rule(place, rule, allows);
        let denying = found.denying.map(|at| rule(at, false));
        let role = || found.role.map(|at| rule(at, true));
        let acl = || found.acl.map(|at| rule(at, true));
        let everyone = self.settings.allow_everyone && !found.named;
        let everyone = || everyone.then_some(Ground::Everyone);
        let ground = denying
            .or(wide)
            .or_else(role)
            .or_else(acl)
            .or_else(everyone);
        Verdict(ground.unwrap_or(Ground::Nothing(found.named)))
    }

    /// What all patterns say that the name has.
    pub(super) fn look_up(
        &self,
        asked: &Asked<'_>,
        resource_type: ResourceType,
        name: &str,
    ) -> Found {
        let mut found = Found::default();
        let Some(facts) = self.facts(resource_type) else {
            return found;
        };
        let [literal, prefixed] = sections_of(resource_type);
        let name = name.as_bytes();
        let mut hashing = Hashing::new(name);
        let prefixes = self.prefixes(&facts.lengths, prefixed, &mut hashing, name);
        for place in prefixes.into_iter().flatten() {
            self.look_along(asked, place, &mut found);
            if found.denying.is_some() {
                return found;
            }
        }
        if name == b"*" {
            // As a resource of role bindings it is all names, which no prefix holds.
            found.role = None;
        }
        let hash = hashing.up_to(name.len(), literal);
        let places = [self.find(literal, hash, name), facts.everything];
        for place in places.into_iter().flatten() {
            asked.look(place, &mut found);
        }
        found
    }
}

/// Whether it is a topic of the metadata service.
pub(super) fn is_reserved(resource_type: ResourceType, name: &str) -> bool {
    resource_type == ResourceType::of(AclResourceType::Topic) && name.starts_with(RESERVED_TOPICS)
}
