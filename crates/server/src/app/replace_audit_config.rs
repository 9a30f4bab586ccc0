//! Replaces the audit-log document.
//!
//! The order is that of `rulings.md` 4, 5 and 8: the right to do it, the document itself, the
//! version, the destination's topics, the archive, and then a bounded wait for the clusters.

use openmds_policy::audit::{Document, FieldError, Form, LARGEST_CONFIG_VALUE, Metadata, Parsed};
use openmds_policy::json::Json;

use super::audit_version::{in_force, rfc3339, version_of};
use super::companion_version::left_behind;
use super::{App, AppError, Caller};
use crate::reconcile::DocumentKind;
use crate::store::{AuditRecord, Generation, Record, State};

/// Most servers refused one by one; a hostile document must not produce an endless answer.
const MOST_REFUSED: usize = 20;

/// How a replacement ended.
#[derive(Debug)]
pub enum Replaced {
    /// Stored, and accepted by every cluster that was not already away.
    Done {
        /// The document now in force.
        document: Document,
        /// What its author should know.
        warnings: Vec<String>,
        /// Clusters known to be unreachable, which will get it later.
        pending: usize,
    },
    /// The version moved meanwhile; nothing was changed.
    Conflict(Document),
}

impl App {
    /// Checks that the caller may replace the document, before anything else is looked at.
    pub fn permit_replacing_audit_config(&self, caller: &Caller) -> Result<(), AppError> {
        self.permit_audit(&self.store.read(), caller, "AlterConfigs")
    }

    /// Replaces the document by the text.
    pub async fn replace_audit_config(
        &self,
        caller: &Caller,
        text: &str,
    ) -> Result<Replaced, AppError> {
        self.permit_replacing_audit_config(caller)?;
        let Parsed {
            document,
            mut warnings,
        } = self.accepted(text)?;
        let one_at_a_time = self.replacing.lock().await;
        let state = self.store.read();
        warnings.extend(left_behind(&state, &document));
        self.refuse_too_large(&state, &document)?;
        let (present, _) = in_force(&state);
        let live = match self.destination.live_retention(&present).await {
            Ok(live) => live,
            Err(_) => self.destination.last_retention(&present),
        };
        let current = self.stamped(&state, &live);
        if document.resource_version() != current.resource_version() {
            return Ok(Replaced::Conflict(current));
        }
        self.destination.prepare(&document).await?;
        let away = self.dispatch.known_unreachable();
        let (generation, document) = self.remember(caller, document).await?;
        self.dispatch.ring();
        drop(one_at_a_time);
        for warning in &warnings {
            tracing::warn!("the audit log configuration: {warning}");
        }
        let version = document.resource_version().unwrap_or_default();
        let pending = self
            .wait_for_clusters(DocumentKind::Config, generation, version, &away)
            .await?;
        Ok(Replaced::Done {
            document,
            warnings,
            pending,
        })
    }

    /// Parses the text and checks its destination, naming all faults at once.
    fn accepted(&self, text: &str) -> Result<Parsed, AppError> {
        let parsed = Document::parse(text, Form::Request);
        let mut faults = parsed.as_ref().err().cloned().unwrap_or_default();
        faults.extend(self.destinations_not_allowed(text, &faults));
        match parsed {
            Ok(parsed) if faults.is_empty() => Ok(parsed),
            _ => Err(AppError::invalid_fields(
                "the audit log configuration is not valid; nothing was changed",
                faults,
            )),
        }
    }

    /// Servers that would take the brokers' credentials elsewhere (`rulings.md` 9); what is no
    /// address at all has its fault already.
    fn destinations_not_allowed(&self, text: &str, found: &[FieldError]) -> Vec<FieldError> {
        let Ok(json) = Json::parse(text) else {
            return Vec::new();
        };
        let Some(Json::Array(servers)) = json
            .get("destinations")
            .and_then(|json| json.get("bootstrap_servers"))
        else {
            return Vec::new();
        };
        let allowed = &self.settings.destination.allowed;
        let refused = |(index, server): (usize, &Json)| {
            let Json::String(text) = server else {
                return None;
            };
            let path = format!("destinations.bootstrap_servers[{index}]");
            let is_address = !found.iter().any(|fault| fault.path == path);
            let refused = text.parse().is_ok_and(|server| !allowed.contains(&server));
            let message = format!(
                "`{text}` is not an allowed destination: brokers would send their credentials there. \
                 Add it to openmds.audit.destinations.allowed of this server and of every broker"
            );
            (is_address && refused).then_some(FieldError { path, message })
        };
        let mut faults: Vec<FieldError> = servers.iter().enumerate().filter_map(refused).collect();
        let more = faults.len().saturating_sub(MOST_REFUSED);
        faults.truncate(MOST_REFUSED);
        if more > 0 {
            faults.push(FieldError {
                path: "destinations.bootstrap_servers".to_string(),
                message: format!(
                    "and {more} more that are not in openmds.audit.destinations.allowed"
                ),
            });
        }
        faults
    }

    /// Refuses what no cluster could hold, even if it got only the routes that concern it
    /// (`rulings.md` 3).
    fn refuse_too_large(&self, state: &State, document: &Document) -> Result<(), AppError> {
        let sample = document.clone().with_metadata(Some(Metadata {
            resource_version: version_of(document, None),
            updated_at: Some(rfc3339(self.clock.now())),
            modified_since: None,
        }));
        let targets = self.push_targets(state);
        let whole = sample.to_property().len();
        if whole <= LARGEST_CONFIG_VALUE {
            return Ok(());
        }
        let too_large = targets.iter().find_map(|id| {
            let size = sample.project(id.as_str()).to_property().len();
            (size > LARGEST_CONFIG_VALUE).then_some((id, size))
        });
        let part = match too_large {
            Some((id, size)) => format!(", and the part that concerns cluster {id} has {size}"),
            None if targets.is_empty() => String::new(),
            None => return Ok(()),
        };
        Err(AppError::invalid(format!(
            "the audit log configuration is too large; nothing was changed. Minified it has {whole} bytes{part}; Kafka takes \
             at most {LARGEST_CONFIG_VALUE} bytes in one configuration value"
        )))
    }

    async fn remember(
        &self,
        caller: &Caller,
        document: Document,
    ) -> Result<(Generation, Document), AppError> {
        let now = self.clock.now();
        let mut stamped = None;
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let next = self.store.next(state.generation());
            let resource_version = version_of(&document, Some(next));
            let updated_at = rfc3339(now);
            let plain = document.clone().with_metadata(None);
            let mut records = vec![Record::Audit(AuditRecord {
                document: plain.to_property(),
                resource_version: resource_version.clone(),
                updated_at: updated_at.clone(),
            })];
            let targets = self.push_targets(state).into_iter();
            records.extend(targets.map(|cluster| DocumentKind::Config.tenure(cluster)));
            let metadata = Metadata {
                resource_version,
                updated_at: Some(updated_at),
                modified_since: None,
            };
            stamped = Some(plain.with_metadata(Some(metadata)));
            Ok(records)
        };
        let generation = self.record(caller, decide).await?;
        stamped
            .map(|document| (generation, document))
            .ok_or_else(|| AppError::internal("nothing was stored"))
    }
}
