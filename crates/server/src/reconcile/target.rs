//! What is desired of each cluster, and how to reach it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::{Connection, HostPort, Sasl, SecurityProtocol};
use openmds_policy::audit::{Document, LARGEST_CONFIG_VALUE, Metadata};
use openmds_policy::companion::{Companion, Stamp};
use openmds_policy::names::{ClusterId, is_loopback};
use openmds_policy::plan::Tenure;

use super::document_kind::DocumentKind;
use crate::config::{ControllerAddress, Settings};
use crate::store::{AuditRecord, Generation, RegisteredCluster, State};
use crate::tokens::{ClusterTokens, Issuer};

/// The longest that one call to a cluster may take.
const CALL: Duration = Duration::from_secs(4);

/// One cluster to bring to the document.
#[derive(Clone)]
pub struct Target {
    /// The name to show: of the registry, or `home`.
    pub name: String,
    /// The id that the cluster must have.
    pub id: ClusterId,
    /// How to reach its brokers, or why that is not possible.
    pub connection: Result<Connection, String>,
    /// The token listeners of its controllers.
    pub controllers: Vec<ControllerAddress>,
    /// Whether tokens may leave this machine in clear.
    pub plaintext_allowed: bool,
    /// The audit-log document.
    pub config: Wanted,
    /// Its companion.
    pub companion: Wanted,
    /// The nodes that it is known to have: id, and whether it is a broker.
    pub known_nodes: BTreeMap<i32, bool>,
}

/// What is desired of one of the cluster's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The value to push, if anybody ever wrote a document.
    pub desired: Option<Desired>,
    /// Whether the cluster's value is ours to change.
    pub tenure: Tenure,
}

impl Target {
    /// What is desired of the value that carries a document of the kind.
    #[must_use]
    pub const fn wanted(&self, kind: DocumentKind) -> &Wanted {
        match kind {
            DocumentKind::Config => &self.config,
            DocumentKind::Companion => &self.companion,
        }
    }
}

/// A value to push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The write that brought it.
    pub generation: Generation,
    /// The text, byte for byte.
    pub value: String,
    /// Whether it holds only the routes that concern this cluster (`rulings.md` 3).
    pub projected: bool,
}

/// All clusters that documents are pushed to: the registered Kafka clusters, or, as long as there
/// is none, the home cluster alone.
#[must_use]
pub fn targets(
    settings: &Settings,
    issuer: &Arc<Issuer>,
    home: &Connection,
    state: &State,
) -> Vec<Target> {
    let registered: Vec<Target> = state
        .kafka_clusters()
        .map(|(name, id, cluster)| Target {
            connection: connection(settings, issuer, &id, cluster),
            controllers: settings.controllers.get(name).cloned().unwrap_or_default(),
            plaintext_allowed: settings.propagation.plaintext_allowed,
            ..bare(state, name.as_str(), id)
        })
        .collect();
    let home_id = settings
        .home
        .cluster_id
        .clone()
        .or_else(|| state.home().cloned());
    match (registered.is_empty(), home_id) {
        (true, Some(id)) => vec![Target {
            connection: Ok(Connection {
                timeout: CALL,
                ..home.clone()
            }),
            ..bare(state, "home", id)
        }],
        _ => registered,
    }
}

fn bare(state: &State, name: &str, id: ClusterId) -> Target {
    Target {
        name: name.to_string(),
        connection: Err(String::new()),
        controllers: Vec::new(),
        plaintext_allowed: false,
        config: Wanted {
            desired: state
                .audit()
                .and_then(|(generation, record)| desired(*generation, record, &id)),
            tenure: tenure(DocumentKind::Config, state, &id),
        },
        companion: Wanted {
            desired: state
                .companion()
                .and_then(|(generation, record)| companion(*generation, record)),
            tenure: tenure(DocumentKind::Companion, state, &id),
        },
        known_nodes: state.nodes(&id),
        id,
    }
}

fn tenure(kind: DocumentKind, state: &State, id: &ClusterId) -> Tenure {
    if kind.is_ours(state, id) {
        Tenure::Ours
    } else {
        Tenure::Unclaimed
    }
}

/// Whole for every cluster: what would be too large was refused.
fn companion(generation: Generation, record: &AuditRecord) -> Option<Desired> {
    let stamp = Stamp {
        resource_version: record.resource_version.clone(),
        updated_at: Some(record.updated_at.clone()),
    };
    let companion = Companion::parse(&record.document).ok()?;
    Some(Desired {
        generation,
        value: companion.with_stamp(Some(stamp)).to_property(),
        projected: false,
    })
}

fn desired(generation: Generation, record: &AuditRecord, id: &ClusterId) -> Option<Desired> {
    let metadata = Metadata {
        resource_version: record.resource_version.clone(),
        updated_at: Some(record.updated_at.clone()),
        modified_since: None,
    };
    let document = Document::parse_property(&record.document)
        .ok()?
        .with_metadata(Some(metadata));
    let whole = document.to_property();
    if whole.len() <= LARGEST_CONFIG_VALUE {
        return Some(Desired {
            generation,
            value: whole,
            projected: false,
        });
    }
    Some(Desired {
        generation,
        value: document.project(id.as_str()).to_property(),
        projected: true,
    })
}

/// The registered token listener, with this server's token for exactly that cluster
/// (`rulings.md` 15).
pub(crate) fn connection(
    settings: &Settings,
    issuer: &Arc<Issuer>,
    id: &ClusterId,
    cluster: &RegisteredCluster,
) -> Result<Connection, String> {
    let protocol: SecurityProtocol = cluster
        .protocol
        .parse()
        .map_err(|_| format!("protocol {} cannot carry a token", cluster.protocol))?;
    if settings.token.audience == id.as_str() {
        return Err(format!(
            "{id} is both this cluster's id and openmds.token.audience, for which every cluster takes tokens: whoever catches one for this cluster could use it elsewhere. Set openmds.token.audience to a name that is no cluster's id"
        ));
    }
    let exposed = cluster.hosts.iter().find(|(host, _)| !is_loopback(host));
    if let (SecurityProtocol::SaslPlaintext, Some((host, _)), false) =
        (protocol, exposed, settings.propagation.plaintext_allowed)
    {
        return Err(in_clear(host));
    }
    let tls = match (protocol, &settings.propagation.tls) {
        (SecurityProtocol::SaslSsl, None) => {
            return Err("registered with SASL_SSL, but this server trusts no certificate: set confluent.metadata.admin.ssl.truststore.location (or confluent.metadata.ssl.*, or ssl.*)".to_string());
        }
        (_, tls) => tls.clone().unwrap_or_default(),
    };
    let bootstrap = cluster
        .hosts
        .iter()
        .filter_map(|(host, port)| {
            Some(HostPort {
                host: host.clone(),
                port: u16::try_from(*port).ok()?,
            })
        })
        .collect();
    let tokens = ClusterTokens::new(Arc::clone(issuer), id.clone())
        .in_clear_if(settings.propagation.plaintext_allowed);
    Ok(Connection {
        bootstrap,
        protocol,
        sasl: Some(Sasl::OAuthBearer(Arc::new(tokens))),
        tls,
        client_id: "openmds".to_string(),
        timeout: CALL,
    })
}

/// The connection to one controller, by that to the brokers.
pub(crate) fn controller_connection(
    brokers: &Connection,
    controller: &ControllerAddress,
    plaintext_allowed: bool,
) -> Result<Connection, String> {
    let address = &controller.address;
    if brokers.protocol == SecurityProtocol::SaslPlaintext
        && !plaintext_allowed
        && !is_loopback(&address.host)
    {
        return Err(in_clear(&address.to_string()));
    }
    Ok(Connection {
        bootstrap: vec![address.clone()],
        ..brokers.clone()
    })
}

fn in_clear(address: &str) -> String {
    format!(
        "registered with SASL_PLAINTEXT at {address}: a token would cross the network in clear. Register a SASL_SSL listener, or set openmds.push.plaintext.allowed=true"
    )
}

impl Target {
    /// The connection to one controller: as to the brokers, at its own address, or why it gets no
    /// token.
    pub fn controller_connection(
        &self,
        controller: &ControllerAddress,
    ) -> Result<Connection, String> {
        let connection = self.connection.as_ref().map_err(String::clone)?;
        controller_connection(connection, controller, self.plaintext_allowed)
    }

    /// What must be equal for a connection to serve again.
    pub fn connection_key(&self) -> String {
        let Ok(connection) = &self.connection else {
            return String::new();
        };
        let servers: Vec<String> = connection
            .bootstrap
            .iter()
            .map(ToString::to_string)
            .collect();
        format!(
            "{} {:?} {}",
            self.id,
            connection.protocol,
            servers.join(",")
        )
    }
}
