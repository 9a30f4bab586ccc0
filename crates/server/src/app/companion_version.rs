//! The companion in force, and the stamp that shows its version (`rulings.md` 25).

use openmds_policy::audit::Document;
use openmds_policy::companion::{Companion, Stamp};

use super::audit_version::digest_of;
use super::{App, AppError, Caller};
use crate::store::{Generation, State};

/// The version of a companion: a digest of its content and of the write that brought it, as that of
/// the document.
pub(super) fn version_of(companion: &Companion, generation: Option<Generation>) -> String {
    let content = companion.clone().with_stamp(None).to_property();
    digest_of(&content, generation)
}

/// The companion in force with its stamp; as long as nobody wrote one, the one that asks for nothing.
pub(super) fn stamped_companion(state: &State) -> Companion {
    let stored = state.companion().and_then(|(_, record)| {
        let companion = Companion::parse(&record.document).ok()?;
        let stamp = Stamp {
            resource_version: record.resource_version.clone(),
            updated_at: Some(record.updated_at.clone()),
        };
        Some(companion.with_stamp(Some(stamp)))
    });
    stored.unwrap_or_else(|| {
        let companion = Companion::default();
        let stamp = Stamp {
            resource_version: version_of(&companion, None),
            updated_at: None,
        };
        companion.with_stamp(Some(stamp))
    })
}

/// What the companion in force says of things that the document does not have: its author may just
/// have removed or renamed them.
pub(super) fn left_behind(state: &State, document: &Document) -> Vec<String> {
    let unmatched = stamped_companion(state).unmatched(document).into_iter();
    unmatched
        .map(|sentence| format!("the companion: {sentence}"))
        .collect()
}

impl App {
    /// The companion in force, from memory.
    pub fn describe_companion(&self, caller: &Caller) -> Result<Companion, AppError> {
        let state = self.store.read();
        self.permit_audit(&state, caller, "DescribeConfigs")?;
        Ok(stamped_companion(&state))
    }
}
