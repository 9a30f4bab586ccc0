//! What is fixed when the broker starts.

use std::collections::BTreeSet;

use openmds_policy::access::Providers;

use crate::pairs::Pairs;

/// The settings of one instance.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The authority of the cluster's CRNs; usually empty.
    pub authority: String,
    /// `User:...`, from the static configuration only.
    pub super_users: BTreeSet<String>,
    /// Whether anything is recorded.
    pub audit: bool,
    /// `allow.everyone.if.no.acl.found`.
    pub allow_everyone: bool,
    /// Which rules count.
    pub providers: Providers,
    /// Whether decisions of Kafka are compared with the engine's own.
    pub compare: bool,
    /// Who publishes the events, if known.
    pub exporter_principal: Option<String>,
    /// Whose requests are never held up nor refused for the sake of the trail, beside super users and
    /// nodes.
    pub exempt: BTreeSet<String>,
    /// The queue's budget.
    pub queue_max_bytes: usize,
}

impl Default for Settings {
    /// Everything recorded in no room, decided by the cluster's own ACLs.
    fn default() -> Self {
        Self {
            authority: String::new(),
            super_users: BTreeSet::new(),
            audit: true,
            allow_everyone: false,
            providers: Providers {
                local: true,
                central: false,
            },
            compare: false,
            exporter_principal: None,
            exempt: BTreeSet::new(),
            queue_max_bytes: 0,
        }
    }
}

impl Settings {
    /// As Java writes them (`spec/native-bridge.md`, `open`).
    #[must_use]
    pub fn of(pairs: &Pairs) -> Self {
        let has_provider = |name| pairs.all("provider").any(|provider| provider == name);
        Self {
            audit: pairs.first("audit") != Some("false"),
            compare: pairs.first("mode") == Some("shadow"),
            allow_everyone: pairs.first("allow_everyone") == Some("true"),
            providers: Providers {
                local: has_provider("KRAFT_ACL"),
                central: has_provider("OPENMDS"),
            },
            authority: pairs.first("authority").unwrap_or_default().to_owned(),
            super_users: pairs.all("super_user").map(str::to_owned).collect(),
            exporter_principal: pairs.first("exporter_principal").map(str::to_owned),
            exempt: pairs.all("exempt").map(str::to_owned).collect(),
            queue_max_bytes: pairs
                .first("queue_max_bytes")
                .and_then(|bytes| bytes.parse().ok())
                .unwrap_or(0),
        }
    }
}
