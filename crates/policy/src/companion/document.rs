//! The companion, parsed and valid.

use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::audit::Category;
use crate::crn::CrnPattern;
use crate::names::DestinationTopic;

/// What happens to a request whose event cannot be recorded at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailMode {
    /// It is answered; the event is recorded soon, and named where it is lost.
    #[default]
    BestEffort,
    /// It is answered when the event is on disk, or cannot get there.
    Durable,
    /// It is answered when the event is on disk, else refused.
    Required,
}

impl FailMode {
    /// From the weakest to the strongest.
    pub const ALL: [Self; 3] = [Self::BestEffort, Self::Durable, Self::Required];

    /// As documents spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BestEffort => "best-effort",
            Self::Durable => "durable",
            Self::Required => "required",
        }
    }

    /// The one of that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// The form of events in a destination topic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// CloudEvents in JSON, as in the reference product.
    #[default]
    CloudEvents,
    /// Open Cybersecurity Schema Framework.
    Ocsf,
}

impl Format {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::CloudEvents, Self::Ocsf];

    /// As documents spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CloudEvents => "cloudevents",
            Self::Ocsf => "ocsf",
        }
    }

    /// The one of that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }
}

/// Fail modes of one pattern, by category and outcome; what is absent has the default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModeRules(pub(super) BTreeMap<(Category, bool), FailMode>);

impl ModeRules {
    /// The mode for a category and an outcome.
    #[must_use]
    pub fn mode(&self, category: Category, granted: bool) -> Option<FailMode> {
        self.0.get(&(category, granted)).copied()
    }
}

/// The version stamp of a stored companion; not part of its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Opaque to clients.
    pub resource_version: String,
    /// RFC 3339: when the service last changed it.
    pub updated_at: Option<String>,
}

/// The companion document. No two patterns mean the same resources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Companion {
    pub(super) default_mode: FailMode,
    pub(super) modes: BTreeMap<String, (CrnPattern, ModeRules)>,
    pub(super) formats: BTreeMap<DestinationTopic, Format>,
    pub(super) stamp: Option<Stamp>,
}

impl Companion {
    /// The mode of what no pattern decides.
    #[must_use]
    pub const fn default_mode(&self) -> FailMode {
        self.default_mode
    }

    /// Whether every event is best effort.
    #[must_use]
    pub fn is_best_effort(&self) -> bool {
        let weak = |mode: &FailMode| *mode == FailMode::BestEffort;
        let mut modes = self.modes.values().flat_map(|(_, rules)| rules.0.values());
        weak(&self.default_mode) && modes.all(weak)
    }

    /// The patterns that have modes, by their text as it was written.
    pub fn patterns(&self) -> impl Iterator<Item = (&str, &CrnPattern)> {
        let modes = self.modes.iter();
        modes.map(|(text, (pattern, _))| (text.as_str(), pattern))
    }

    /// The destination topics whose form is named.
    pub fn formatted_topics(&self) -> impl Iterator<Item = &DestinationTopic> {
        self.formats.keys()
    }

    /// The form of events in the topic.
    #[must_use]
    pub fn format(&self, topic: &str) -> Format {
        self.formats.get(topic).copied().unwrap_or_default()
    }

    /// The version stamp, if the text carried one.
    #[must_use]
    pub const fn stamp(&self) -> Option<&Stamp> {
        self.stamp.as_ref()
    }

    /// The same companion with another stamp.
    #[must_use]
    pub fn with_stamp(mut self, stamp: Option<Stamp>) -> Self {
        self.stamp = stamp;
        self
    }
}
