//! Whether there is anything of a type that somebody may use.

use core::net::IpAddr;

use super::codes::{Operation, ResourceType};
use super::decide::{Asked, Found, is_reserved};
use super::hash::Hashing;
use super::index::{Index, Layer};
use super::patterns::{Section, sections_of};
use super::subject::Subject;
use super::verdict::{Ground, Place, Verdict};

impl Index {
    /// Whether there is a name, of a resource that exists or could, for which [`Index::decide`]
    /// allows the operation (Kafka asks it once for each idempotent producer). Prefixes always
    /// leave names that longer prefixes and single names do not take away. Takes no memory; costs a
    /// look-up for each pattern of the subject until one is found.
    #[must_use]
    pub fn decide_by_type(
        &self,
        subject: &Subject,
        host: Option<IpAddr>,
        operation: Operation,
        resource_type: ResourceType,
    ) -> Verdict {
        if !subject.belongs_to(self) {
            return Verdict(Ground::Stranger);
        }
        if let Some(user) = subject.super_user {
            return Verdict(Ground::SuperUser(user));
        }
        let asked = self.asked(subject, host, operation, resource_type);
        let mut everything = Found::default();
        let facts = self.facts(resource_type);
        if let Some(place) = facts.and_then(|facts| facts.everything) {
            asked.look(place, &mut everything);
        }
        if let Some((place, rule)) = everything.denying {
            return Verdict(Ground::Rule(place, rule, false));
        }
        let anywhere = asked.wide().or_else(|| allowing(everything));
        let ground = anywhere.or_else(|| self.somewhere(&asked, operation, resource_type));
        let everyone = self.settings.allow_everyone && !everything.named;
        let ground = ground.or_else(|| everyone.then_some(Ground::Everyone));
        Verdict(ground.unwrap_or(Ground::Nothing(true)))
    }

    /// One pattern of the subject that allows it, and from which no denial takes all.
    fn somewhere(
        &self,
        asked: &Asked<'_>,
        operation: Operation,
        resource_type: ResourceType,
    ) -> Option<Ground> {
        let [literal, prefixed] = sections_of(resource_type);
        let (subject, host) = (asked.subject, asked.host);
        let some_name = |place: Place, layer: &Layer| {
            let name = layer.patterns.name(place.pattern);
            let verdict = self.decide(subject, host, operation, resource_type, name);
            let allowed = name != "*" && verdict.is_allowed();
            allowed.then_some(verdict.0)
        };
        let some_beginning = |place: Place, layer: &Layer| {
            let name = layer.patterns.name(place.pattern);
            let mut found = Found::default();
            asked.look(place, &mut found);
            let ground = allowing(found).filter(|_| !is_reserved(resource_type, name))?;
            (!self.is_taken(asked, prefixed, name)).then_some(ground)
        };
        let names = self.own_patterns(asked, literal, some_name);
        names.or_else(|| self.own_patterns(asked, prefixed, some_beginning))
    }

    /// The first answer to a pattern of the section that has rules about the subject.
    fn own_patterns(
        &self,
        asked: &Asked<'_>,
        section: Section,
        answer: impl Fn(Place, &Layer) -> Option<Ground>,
    ) -> Option<Ground> {
        let layers = self.over.iter().map(|layer| (layer, true));
        let mut layers = layers.chain([(&self.base, false)]);
        layers.find_map(|(layer, over)| {
            let numbers = layer.patterns.section(section);
            let of = |principal: &u32| layer.patterns.held_by(*principal);
            let mut held = asked.subject.numbers.iter().flat_map(of);
            held.find_map(|pattern| {
                let place = Place { over, pattern };
                let here = numbers.contains(&pattern) && !self.is_hidden(place);
                here.then(|| answer(place, layer)).flatten()
            })
        })
    }

    /// Whether the subject is denied all names that begin so.
    fn is_taken(&self, asked: &Asked<'_>, prefixed: Section, beginning: &str) -> bool {
        let facts = self.facts(ResourceType(prefixed / 2));
        let lengths = facts.map_or(&[][..], |facts| &facts.lengths);
        let name = beginning.as_bytes();
        let mut found = Found::default();
        let prefixes = self.prefixes(lengths, prefixed, &mut Hashing::new(name), name);
        for place in prefixes.into_iter().flatten() {
            self.look_along(asked, place, &mut found);
        }
        found.denying.is_some()
    }
}

fn allowing(found: Found) -> Option<Ground> {
    let at = found.role.or(found.acl);
    at.map(|(place, rule)| Ground::Rule(place, rule, true))
}
