//! Replaces the companion of the audit-log document, in the order of `rulings.md` 4 and 5: the right
//! to do it, the companion itself, the version, the archive, and a bounded wait for the clusters.

use openmds_policy::audit::LARGEST_CONFIG_VALUE;
use openmds_policy::companion::{Companion, Stamp};

use super::audit_version::{in_force, rfc3339};
use super::companion_version::{stamped_companion, version_of};
use super::{App, AppError, Caller};
use crate::reconcile::DocumentKind;
use crate::store::{AuditRecord, Generation, Record, State};

/// How a replacement ended.
#[derive(Debug)]
pub enum ReplacedCompanion {
    /// Stored, and accepted by every cluster that was not already away.
    Done {
        /// The companion now in force.
        companion: Companion,
        /// What its author should know.
        warnings: Vec<String>,
        /// Clusters known to be unreachable, which will get it later.
        pending: usize,
    },
    /// The version moved meanwhile; nothing was changed.
    Conflict(Companion),
}

impl App {
    /// Replaces the companion by the text. Whether the caller may was asked before
    /// ([`Self::permit_replacing_audit_config`]), and is asked again.
    pub async fn replace_companion(
        &self,
        caller: &Caller,
        text: &str,
    ) -> Result<ReplacedCompanion, AppError> {
        self.permit_audit(&self.store.read(), caller, "AlterConfigs")?;
        let companion = Companion::parse_request(text).map_err(|faults| {
            let what = "the companion is not valid; nothing was changed";
            AppError::invalid_fields(what, faults)
        })?;
        self.refuse_companion_too_large(&companion)?;
        let one_at_a_time = self.replacing.lock().await;
        let state = self.store.read();
        let current = stamped_companion(&state);
        let version = |companion: &Companion| {
            let stamp = companion.stamp();
            stamp.map(|stamp| stamp.resource_version.clone())
        };
        if version(&companion) != version(&current) {
            return Ok(ReplacedCompanion::Conflict(current));
        }
        let warnings = companion.unmatched(&in_force(&state).0);
        let away = self.dispatch.known_unreachable();
        let generation = self.remember_companion(caller, companion).await?;
        self.dispatch.ring();
        drop(one_at_a_time);
        for warning in &warnings {
            tracing::warn!("the companion of the audit log configuration: {warning}");
        }
        let companion = stamped_companion(&self.store.read());
        let version = version(&companion).unwrap_or_default();
        let pending = self
            .wait_for_clusters(DocumentKind::Companion, generation, &version, &away)
            .await?;
        Ok(ReplacedCompanion::Done {
            companion,
            warnings,
            pending,
        })
    }

    /// Every cluster gets all of it: what one cannot hold is refused.
    fn refuse_companion_too_large(&self, companion: &Companion) -> Result<(), AppError> {
        let sample = companion.clone().with_stamp(Some(Stamp {
            resource_version: version_of(companion, None),
            updated_at: Some(rfc3339(self.clock.now())),
        }));
        let size = sample.to_property().len();
        if size <= LARGEST_CONFIG_VALUE {
            return Ok(());
        }
        Err(AppError::invalid(format!(
            "the companion is too large; nothing was changed. Minified it has {size} bytes; Kafka takes at most \
             {LARGEST_CONFIG_VALUE} bytes in one configuration value"
        )))
    }

    async fn remember_companion(
        &self,
        caller: &Caller,
        companion: Companion,
    ) -> Result<Generation, AppError> {
        let updated_at = rfc3339(self.clock.now());
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let next = self.store.next(state.generation());
            let mut records = vec![Record::Companion(AuditRecord {
                resource_version: version_of(&companion, Some(next)),
                document: companion.with_stamp(None).to_property(),
                updated_at,
            })];
            let targets = self.push_targets(state).into_iter();
            records.extend(targets.map(|cluster| DocumentKind::Companion.tenure(cluster)));
            Ok(records)
        };
        self.record(caller, decide).await
    }
}
