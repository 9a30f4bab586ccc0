//! Vouching for what a cluster is given, where that is wanted (`spec/document-signature.md`).

use openmds_kafka::{ConfigValue, KafkaError};
use openmds_policy::plan::PushStep;

use super::document_kind::DocumentKind;
use super::round::{Found, Room};
use super::target::Target;
use crate::enrolment::{Documents, SIGNATURE_CONFIG_KEY};

/// In metrics.
const LABEL: &str = "signature";

impl Room {
    /// Signs what the cluster is about to hold, unless its signature fits already: a document that comes after
    /// its signature is in force as it comes. Answers whether nothing is left to do.
    pub(super) async fn vouch(&self, found: &Found, target: &Target) -> bool {
        let Some(signer) = &self.signer else {
            return true;
        };
        let text = |kind| match &target.wanted(kind).desired {
            Some(desired) => desired.value.as_str(),
            None => "",
        };
        let documents = Documents {
            cluster: &target.id,
            config: text(DocumentKind::Config),
            companion: text(DocumentKind::Companion),
        };
        let observed = [&found.config, &found.companion];
        let is_ours = |(kind, observed): (DocumentKind, &Result<ConfigValue, KafkaError>)| {
            let step = observed
                .as_ref()
                .map(|observed| self.plan(kind, target, observed));
            step.is_ok_and(|step| step != PushStep::Foreign)
        };
        if documents.config.is_empty() && documents.companion.is_empty()
            || !DocumentKind::ALL.into_iter().zip(observed).all(is_ours)
        {
            return true; // Nothing of ours, or not all of it: that is said of the documents themselves.
        }
        let admin = &found.admin;
        let outcome = async {
            let observed = admin.broker_default_config(SIGNATURE_CONFIG_KEY).await?;
            match &observed {
                ConfigValue::Value(value) if signer.is_signed(value, &documents) => return Ok(()),
                // The cluster's plugin is of a release that knows no signatures.
                ConfigValue::Hidden => return Ok(()),
                ConfigValue::Value(_) | ConfigValue::Absent => {}
            }
            let generation = self.store.read().generation().0;
            let value = signer
                .sign(&documents, generation, self.clock.now())
                .map_err(|reason| KafkaError::Rejected {
                    what: "the signature of the audit documents".to_string(),
                    reason,
                })?;
            admin
                .alter_broker_default(SIGNATURE_CONFIG_KEY, Some(&value))
                .await?;
            self.dispatch.metrics.push(LABEL, "accepted");
            tracing::info!(cluster = %target.name, cluster_id = %target.id, generation, "signed the audit documents");
            Ok(())
        };
        let outcome: Result<(), KafkaError> = outcome.await;
        if let Err(error) = &outcome {
            tracing::warn!(cluster = %target.name, cluster_id = %target.id, %error, "the signature of the audit documents does not get through: nodes that require one keep the documents before");
            self.dispatch.metrics.push(LABEL, "refused");
        }
        outcome.is_ok()
    }
}
