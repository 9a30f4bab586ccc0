//! What a companion says about things that the audit-log document does not have.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::document::Companion;
use crate::audit::{Document, join};
use crate::crn::CrnPattern;

impl Companion {
    /// Not wrong, but probably not meant: one sentence for each pattern that is no route of the
    /// document, and for each topic that is no destination of it.
    #[must_use]
    pub fn unmatched(&self, document: &Document) -> Vec<String> {
        let routes: BTreeSet<&CrnPattern> =
            document.routes().map(|(_, route)| &route.pattern).collect();
        let patterns = self
            .patterns()
            .filter(|(_, pattern)| !routes.contains(pattern));
        let patterns = patterns.map(|(text, _)| {
            let path = join("fail_modes.routes", text);
            format!("{path}: the audit log configuration has no route with this pattern; the modes count for what the pattern matches all the same")
        });
        let topics = self.formatted_topics();
        let topics = topics.filter(|topic| !document.topics().contains_key(*topic));
        let topics = topics.map(|topic| {
            let path = join("formats", topic.as_str());
            format!("{path}: the audit log configuration has no destination topic of this name")
        });
        patterns.chain(topics).collect()
    }
}
