//! What is remembered. Records are stored as JSON with a format number (`spec/formats`).

use std::collections::{BTreeMap, BTreeSet};

use openmds_policy::acl::AclBinding;
use openmds_policy::names::{ClusterId, ClusterName, ResourcePattern};
use openmds_policy::rbac::{BindingKey, Scope, ScopeKey};
use serde::{Deserialize, Serialize};

use super::enrolled::{EnrolledNode, IssuedToken};
use super::log::Generation;
use crate::enrolment::TokenHash;
use crate::tokens::{KeyRing, Revocation};

/// One keyed fact; without a value the key is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
pub enum Record {
    /// A role binding.
    Binding {
        /// Principal, role and scope.
        key: BindingKey,
        /// Its patterns; none at all: the binding is gone.
        patterns: Option<BTreeSet<ResourcePattern>>,
    },
    /// A centralised ACL.
    Acl {
        /// The Kafka cluster that it is for.
        cluster: ClusterId,
        /// What it says.
        acl: AclBinding,
        /// Whether it is there, or gone.
        present: bool,
    },
    /// An entry of the cluster registry.
    Cluster {
        /// Its name.
        name: ClusterName,
        /// What is registered; nothing: it is gone.
        cluster: Option<RegisteredCluster>,
    },
    /// The audit-log document.
    Audit(AuditRecord),
    /// Clusters whose router configuration is now ours (`rulings.md` 2), or no longer.
    Tenure {
        /// The cluster.
        cluster: ClusterId,
        /// Whether it is ours.
        ours: bool,
    },
    /// The companion of the audit-log document (`rulings.md` 25).
    Companion(AuditRecord),
    /// Clusters whose companion is now ours, or no longer.
    CompanionTenure {
        /// The cluster.
        cluster: ClusterId,
        /// Whether it is ours.
        ours: bool,
    },
    /// The nodes that a cluster is known to have.
    Nodes(NodesRecord),
    /// The id of the home cluster, as it said itself.
    Home {
        /// The id.
        cluster: ClusterId,
    },
    /// Who this store is. Nodes are told, so that one that follows another server is noticed.
    Server {
        /// A UUID, made once.
        id: String,
    },
    /// A node that may come in with a certificate.
    EnrolledNode {
        /// The Kafka cluster that it belongs to.
        cluster: ClusterId,
        /// Its id.
        node: i32,
        /// Which of its certificates count; nothing: none any more.
        enrolled: Option<EnrolledNode>,
    },
    /// A join token.
    JoinToken {
        /// Its hash.
        hash: TokenHash,
        /// What it is for; nothing: it opens nothing any more.
        token: Option<IssuedToken>,
    },
    /// Nothing was ever written between a generation and this record's own: a start leaves some
    /// out, so that a store restored from a copy gives none a second time.
    Skipped {
        /// The last generation before.
        after: Generation,
    },
    /// An operator said that nodes which are ahead, because the store was restored from a copy,
    /// shall go on with what this store holds. All generations below this record's own are meant.
    RestoreAccepted,
    /// The groups of a user by the directory, of those that any binding or ACL names.
    Membership {
        /// The user's name, without `User:`.
        user: String,
        /// The groups' names, without `Group:`; none at all: the user is forgotten.
        groups: BTreeSet<String>,
    },
    /// The keys that sign and verify tokens, without their private halves.
    SigningKeys {
        /// All of them.
        keys: KeyRing,
    },
    /// Tokens that are refused from now on.
    Revocation(Revocation),
    /// Revocations that refuse nothing any more. A store may drop what these keys held, and the
    /// record of this kind before.
    ForgottenRevocations {
        /// Keys of [`Self::Revocation`].
        keys: Vec<String>,
    },
}

/// A registered cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredCluster {
    /// What the name stands for.
    pub scope: Scope,
    /// Host and port; port 0 if none was given.
    pub hosts: Vec<(String, i32)>,
    /// `SASL_PLAINTEXT`, `SASL_SSL`, `HTTP` or `HTTPS`.
    pub protocol: String,
}

/// The document as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// The document without its stamp, minified.
    pub document: String,
    /// The version that the writer was told.
    pub resource_version: String,
    /// RFC 3339.
    pub updated_at: String,
}

/// The nodes that a cluster is known to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenNodes", into = "WrittenNodes")]
pub struct NodesRecord {
    /// The cluster.
    pub cluster: ClusterId,
    /// Node ids, and whether each is a broker (else a controller).
    pub nodes: BTreeMap<i32, bool>,
}

/// As it is stored: numbers cannot be keys in JSON, and serde does not take them back from texts
/// inside a tagged record.
#[derive(Serialize, Deserialize)]
struct WrittenNodes {
    cluster: ClusterId,
    brokers: BTreeSet<i32>,
    controllers: BTreeSet<i32>,
}

impl From<WrittenNodes> for NodesRecord {
    fn from(written: WrittenNodes) -> Self {
        let controllers = written.controllers.into_iter().map(|id| (id, false));
        let brokers = written.brokers.into_iter().map(|id| (id, true));
        Self {
            cluster: written.cluster,
            nodes: controllers.chain(brokers).collect(),
        }
    }
}

impl From<NodesRecord> for WrittenNodes {
    fn from(record: NodesRecord) -> Self {
        let of = |brokers: bool| {
            let nodes = record.nodes.iter();
            let of_kind = nodes.filter(|(_, is_broker)| **is_broker == brokers);
            of_kind.map(|(id, _)| *id).collect()
        };
        Self {
            brokers: of(true),
            controllers: of(false),
            cluster: record.cluster,
        }
    }
}

impl Record {
    /// What a later record must have in common with this one to replace it, and no other has. The key is never read back: records say
    /// themselves what they are about, those of older servers too, which spelt hostile names otherwise.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Binding { key, .. } => format!("binding/{}", binding_name(key)),
            Self::Acl { cluster, acl, .. } => {
                // As JSON, because hosts and names may hold any separator.
                let said = serde_json::to_string(acl).unwrap_or_default();
                format!("acl/{}/{said}", escaped(cluster.as_str()))
            }
            Self::Cluster { name, .. } => format!("cluster/{name}"),
            Self::Audit(_) => "audit".to_string(),
            Self::Tenure { cluster, .. } => format!("tenure/{cluster}"),
            Self::Companion(_) => "companion".to_string(),
            Self::CompanionTenure { cluster, .. } => format!("companion-tenure/{cluster}"),
            Self::Nodes(nodes) => format!("nodes/{}", nodes.cluster),
            Self::Home { .. } => "home".to_string(),
            Self::Server { .. } => "server".to_string(),
            Self::EnrolledNode { cluster, node, .. } => format!("enrolled-node/{node}/{cluster}"),
            Self::JoinToken { hash, .. } => format!("join-token/{hash}"),
            Self::Skipped { after } => format!("skipped/{after}"),
            Self::RestoreAccepted => "restore-accepted".to_string(),
            Self::Membership { user, .. } => format!("membership/{user}"),
            Self::SigningKeys { .. } => "signing-keys".to_string(),
            Self::Revocation(revocation) => revocation_key(&revocation.revoked.key()),
            Self::ForgottenRevocations { .. } => revocation_key(""),
        }
    }
}

/// A binding's principal, role and scope in one text, of which no other binding has the same.
pub(crate) fn binding_name(key: &BindingKey) -> String {
    let principal = escaped(&key.principal.to_string());
    let cluster = |(key, id): (&ScopeKey, &String)| {
        let id = escaped(id).replace(',', "%2C");
        format!("{} {id}", key.as_str())
    };
    let clusters: Vec<String> = key.scope.clusters().iter().map(cluster).collect();
    let clusters = clusters.join(", ");
    format!("{principal}/{}/{clusters}", escaped(&key.role))
}

/// The text without what separates the parts of a key.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('/', "%2F")
}

/// The key of a revocation's record; without a name, that of those that are forgotten.
pub(super) fn revocation_key(name: &str) -> String {
    format!("revocation/{name}")
}
