//! How sure an event must be recorded.

use super::document::{Companion, FailMode, ModeRules};
use crate::audit::{Category, Winners};
use crate::crn::Crn;

/// The rule itself, plainly: the most specific pattern that matches the resource decides, for the
/// categories and outcomes that it names; everything else has the default. As with routes, nothing
/// falls through to the next-best pattern.
#[must_use]
pub fn fail_mode(companion: &Companion, crn: &Crn, category: Category, granted: bool) -> FailMode {
    let matching = companion.modes.values();
    let matching = matching.filter(|(pattern, _)| pattern.matches(crn));
    let best = matching.max_by(|(one, _), (other, _)| one.specificity().cmp(&other.specificity()));
    let mode = best.and_then(|(_, rules)| rules.mode(category, granted));
    mode.unwrap_or(companion.default_mode)
}

/// The fail modes compiled for one emitting cluster: the same answers, without trying every
/// pattern.
#[derive(Debug)]
pub struct Modes {
    default: FailMode,
    rules: Winners<ModeRules>,
}

impl Modes {
    /// `authority` is the cluster's own, usually empty.
    #[must_use]
    pub fn new(companion: &Companion, authority: &str, cluster_id: &str) -> Self {
        let patterns = companion.modes.values();
        let patterns = patterns.map(|(pattern, rules)| (pattern, rules));
        Self {
            default: companion.default_mode,
            rules: Winners::new(patterns, authority, cluster_id),
        }
    }

    /// The mode of an event about the cluster itself (`None`) or about a resource in it, given as
    /// CRN element type and name.
    #[must_use]
    pub fn mode(
        &self,
        resource: Option<(&str, &str)>,
        category: Category,
        granted: bool,
    ) -> FailMode {
        let rules = self.rules.find(resource);
        let mode = rules.and_then(|rules| rules.mode(category, granted));
        mode.unwrap_or(self.default)
    }
}
