//! Writing with a witness: what is stored for a caller enters the audit trail, with what it was
//! before and what it is now.

use openmds_policy::names::{PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{AUDIT_LOG, CLUSTER_REGISTRY, SECURITY_METADATA, Scope};
use serde_json::{Value, json};

use super::enrolment::{enrolled_node, join_token};
use super::{App, Caller};
use crate::store::{
    AuditRecord, Generation, Record, RegisteredCluster, State, StoreError, binding_name,
};
use crate::tokens::{KeyRing, KeyTerm};
use crate::trail::{Change, methods};

impl App {
    /// Decides on the present and stores what was decided, as [`Store::update`]; each change is
    /// recorded.
    ///
    /// [`Store::update`]: crate::store::Store::update
    pub(super) async fn record<E: From<StoreError>>(
        &self,
        caller: &Caller,
        decide: impl FnOnce(&State) -> Result<Vec<Record>, E> + Send,
    ) -> Result<Generation, E> {
        self.record_above(Generation::default(), caller, decide)
            .await
    }

    /// The same, as a generation above the given one.
    pub(super) async fn record_above<E: From<StoreError>>(
        &self,
        above: Generation,
        caller: &Caller,
        decide: impl FnOnce(&State) -> Result<Vec<Record>, E> + Send,
    ) -> Result<Generation, E> {
        let mut changes = Vec::new();
        let mut before = Generation::default();
        let witnessed = |state: &State| -> Result<Vec<Record>, E> {
            let records = decide(state)?;
            before = state.generation();
            changes = records
                .iter()
                .filter_map(|record| change(state, record))
                .collect();
            Ok(records)
        };
        let actor = caller.principal().to_string();
        let generation = self
            .store
            .update_above(above, &actor, self.clock.now(), witnessed)
            .await?;
        let state = self.store.read();
        for change in &changes {
            self.trail
                .changed(&state, caller, change, Some((before, generation)));
        }
        Ok(generation)
    }

    /// Records that the caller got a token in somebody else's name.
    pub(super) fn record_impersonation(&self, caller: &Caller, name: &str) {
        let target = Principal::user(name).to_string();
        let change = Change {
            method: methods::IMPERSONATION,
            kind: "impersonation",
            before: None,
            after: Some(json!({ "principal": target })),
            key: target,
            scope: None,
            resource: named(SECURITY_METADATA, SECURITY_METADATA),
        };
        self.trail
            .changed(&self.store.read(), caller, &change, None);
    }

    /// Records that the ring of signing keys is another one now.
    pub(super) fn record_keys(&self, caller: &Caller, before: &State, after: &KeyRing) {
        let change = Change {
            method: methods::KEYS,
            kind: "signing-keys",
            key: "signing-keys".to_string(),
            scope: None,
            resource: named(SECURITY_METADATA, SECURITY_METADATA),
            before: Some(keys(before.signing_keys())),
            after: Some(keys(after)),
        };
        let now = self.store.read();
        let generations = Some((before.generation(), now.generation()));
        self.trail.changed(&now, caller, &change, generations);
    }
}

/// Which keys there are, and which have begun or ceased; what they are made of is nobody's business here.
fn keys(ring: &KeyRing) -> Value {
    let key = |term: &KeyTerm| {
        json!({
            "keyId": term.key_id,
            "algorithm": term.algorithm.to_string(),
            "signsFrom": term.signs_from,
            "began": term.began,
            "retired": term.retired,
        })
    };
    ring.terms().iter().map(key).collect()
}

/// What a record changes; nothing for what the server only notes for itself. Secrets stay out.
fn change(state: &State, record: &Record) -> Option<Change> {
    Some(match record {
        Record::Binding { key, patterns } => {
            let shown = |patterns| json!({ "resourcePatterns": patterns });
            Change {
                method: methods::BINDING,
                kind: "role-binding",
                key: binding_name(key),
                scope: Some(key.scope.clone()),
                resource: named(SECURITY_METADATA, SECURITY_METADATA),
                before: state.bindings().patterns(key).map(shown),
                after: patterns.as_ref().map(shown),
            }
        }
        Record::Cluster { name, cluster } => Change {
            method: methods::CLUSTER,
            kind: "cluster",
            key: name.to_string(),
            scope: None,
            resource: named(CLUSTER_REGISTRY, name.as_str()),
            before: state.clusters().get(name).map(entry),
            after: cluster.as_ref().map(entry),
        },
        Record::Audit(audit) => Change {
            method: methods::AUDIT,
            kind: "audit-log-config",
            key: "audit-log-config".to_string(),
            scope: None,
            resource: named(AUDIT_LOG, "config"),
            before: state.audit().map(|(_, audit)| document(audit)),
            after: Some(document(audit)),
        },
        Record::Companion(companion) => Change {
            method: methods::COMPANION,
            kind: "audit-log-companion",
            key: "audit-log-companion".to_string(),
            scope: None,
            resource: named(AUDIT_LOG, "companion"),
            before: state.companion().map(|(_, companion)| document(companion)),
            after: Some(document(companion)),
        },
        Record::Acl {
            cluster,
            acl,
            present,
        } => {
            let shown = serde_json::to_value(acl).ok();
            let (before, after) = if *present {
                (None, shown)
            } else {
                (shown, None)
            };
            Change {
                method: methods::ACL,
                kind: "acl",
                key: record.key(),
                scope: Some(Scope::kafka(cluster)),
                resource: named(SECURITY_METADATA, SECURITY_METADATA),
                before,
                after,
            }
        }
        Record::Revocation(revocation) => Change {
            method: methods::REVOCATION,
            kind: "revocation",
            key: revocation.revoked.key(),
            scope: None,
            resource: named(SECURITY_METADATA, SECURITY_METADATA),
            before: None,
            // The id of a token is in it, never a token.
            after: serde_json::to_value(revocation).ok(),
        },
        Record::JoinToken { hash, token } => return join_token(state, hash, token.as_ref()),
        Record::EnrolledNode {
            cluster,
            node,
            enrolled,
        } => enrolled_node(state, cluster, *node, enrolled.as_ref()),
        Record::RestoreAccepted => Change {
            method: methods::RESTORE,
            kind: "store",
            key: state.server().unwrap_or_default().to_string(),
            scope: None,
            resource: named(SECURITY_METADATA, SECURITY_METADATA),
            before: Some(json!({ "generation": state.generation() })),
            after: None,
        },
        // Keys are recorded by whoever turns them, and the rest is what the server notes for itself.
        Record::SigningKeys { .. }
        | Record::ForgottenRevocations { .. }
        | Record::Tenure { .. }
        | Record::CompanionTenure { .. }
        | Record::Nodes(_)
        | Record::Home { .. }
        | Record::Server { .. }
        | Record::Skipped { .. }
        | Record::Membership { .. } => return None,
    })
}

pub(super) fn named(resource_type: &str, name: &str) -> ResourcePattern {
    ResourcePattern {
        resource_type: resource_type.to_string(),
        name: name.to_string(),
        pattern_type: PatternType::Literal,
    }
}

fn entry(cluster: &RegisteredCluster) -> Value {
    let host = |(host, port): &(String, i32)| json!({ "host": host, "port": port });
    let hosts: Vec<Value> = cluster.hosts.iter().map(host).collect();
    json!({
        "scope": { "clusters": cluster.scope.clusters() },
        "hosts": hosts,
        "protocol": cluster.protocol,
    })
}

fn document(audit: &AuditRecord) -> Value {
    let document = serde_json::from_str(&audit.document).unwrap_or(Value::Null);
    json!({ "resourceVersion": audit.resource_version, "document": document })
}
