//! The document in force, compiled once for each that is stored.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use openmds_policy::audit::{AuditedAction, Category, Document, Routing, Target, route};
use openmds_policy::companion::{Companion, Format};
use openmds_policy::crn::Crn;

use crate::store::{Generation, State};

/// The document in force.
pub(super) struct InForce {
    generation: Option<Generation>,
    document: Document,
    companion: Option<(Generation, Companion)>,
}

impl InForce {
    fn of(state: &State) -> Self {
        let stored = state.audit().and_then(|(generation, record)| {
            let document = Document::parse_property(&record.document).ok()?;
            Some((*generation, document))
        });
        let companion = state.companion().and_then(|(generation, record)| {
            let companion = Companion::parse(&record.document).ok()?;
            Some((*generation, companion))
        });
        match stored {
            Some((generation, document)) => Self {
                generation: Some(generation),
                document,
                companion,
            },
            None => Self {
                generation: None,
                document: Document::built_in(),
                companion,
            },
        }
    }

    /// The form of events in the topic.
    pub(super) fn format(&self, topic: &str) -> Format {
        let companion = self.companion.as_ref();
        companion.map_or_else(Format::default, |(_, companion)| companion.format(topic))
    }

    /// Where the trail's own events go: the default topic of what is allowed, else that of what is
    /// denied.
    pub(super) fn own_topic(&self) -> Option<&str> {
        let defaults = self.document.default_topics();
        let topics = [&defaults.allowed, &defaults.denied].into_iter();
        let mut topics = topics.filter_map(|target| match target {
            Target::Topic(topic) => Some(topic.as_str()),
            Target::Discard => None,
        });
        topics.next()
    }

    pub(super) fn leads_somewhere(&self, category: Category, granted: bool) -> bool {
        self.document.leads_somewhere(category, granted)
    }

    /// The rule itself: events are about every cluster that the service knows, so there is no one
    /// cluster to compile for.
    pub(super) fn route(&self, subject: &Crn, action: AuditedAction<'_>) -> Routing<'_> {
        route(&self.document, subject, action)
    }

    /// The servers that the document names.
    pub(super) fn bootstrap_servers(&self) -> &[String] {
        self.document.bootstrap_servers()
    }

    /// How long a topic keeps its records, if the document is one that somebody wrote: nothing is
    /// created for the built-in one (`rulings.md` 1).
    pub(super) fn retention(&self, topic: &str) -> Option<u64> {
        self.generation?;
        let mut topics = self.document.topics().iter();
        let found = topics.find(|(name, _)| name.as_str() == topic);
        found.and_then(|(_, retention)| *retention)
    }
}

/// Keeps the document in force.
#[derive(Default)]
pub(super) struct Routes(ArcSwapOption<InForce>);

impl Routes {
    pub(super) fn in_force(&self, state: &State) -> Arc<InForce> {
        let wanted = state.audit().map(|(generation, _)| *generation);
        let companion = state.companion().map(|(generation, _)| *generation);
        if let Some(known) = &*self.0.load()
            && known.generation == wanted
            && known.companion.as_ref().map(|(generation, _)| *generation) == companion
        {
            return Arc::clone(known);
        }
        let fresh = Arc::new(InForce::of(state));
        self.0.store(Some(Arc::clone(&fresh)));
        fresh
    }
}
