//! Typed settings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::{
    Connection, HostPort, PropertyContext, Tls, TokenSource, connection_from_properties,
};
use openmds_policy::names::{ClusterId, ClusterName, Principal};

use super::file::{self, ConfigError};
use super::known;
use super::listeners::{Listener, Scheme};
use super::reader::Reader;

/// What the client id of the server's own connections is.
const CLIENT_ID: &str = "openmds";

/// Kafka's own default is 30 s; a metadata service that waits so long looks dead.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// Everything the server is told at start.
#[derive(Clone)]
pub struct Settings {
    /// Where to listen.
    pub listeners: Vec<Listener>,
    /// URLs to tell clients; derived from the listeners if not given.
    pub advertised: Vec<String>,
    /// PEM with certificate chain and private key for the https listeners.
    pub keystore: Option<PathBuf>,
    /// Who may do everything.
    pub super_users: BTreeSet<Principal>,
    /// The file of users and password hashes.
    pub users_path: PathBuf,
    /// How tokens are made.
    pub token: TokenSettings,
    /// The folder of the embedded store.
    pub store_path: PathBuf,
    /// The server's own cluster.
    pub home: Home,
    /// How registered clusters are reached.
    pub propagation: Propagation,
    /// How the destination cluster is reached.
    pub destination: DestinationAdmin,
    /// Token listeners of controllers, by the cluster's name.
    pub controllers: BTreeMap<ClusterName, Vec<ControllerAddress>>,
    /// How long an update waits for the clusters.
    pub push_timeout: Duration,
    /// How often everything is compared without a reason.
    pub reconcile_interval: Duration,
    /// Names that were read and mean nothing.
    pub warnings: Vec<String>,
}

/// How tokens are made.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// PKCS#8 PEM of an RSA key.
    pub key_path: PathBuf,
    /// Life of users' tokens.
    pub lifetime: Duration,
    /// `iss`
    pub issuer: String,
    /// `aud` of users' tokens.
    pub audience: String,
    /// Where to write the JWKS at start.
    pub jwks_path: Option<PathBuf>,
}

/// The server's own cluster.
#[derive(Clone)]
pub struct Home {
    /// How to reach it, unless that needs this server's own tokens: then [`Self::connection`]
    /// fills the source in.
    properties: BTreeMap<String, String>,
    /// Its id, if told; otherwise the cluster is asked, and the answer is kept.
    pub cluster_id: Option<ClusterId>,
}

/// How registered clusters are reached (`rulings.md` 11 and 15).
#[derive(Clone)]
pub struct Propagation {
    /// Trust and client certificate for SASL_SSL.
    pub tls: Option<Tls>,
    /// Whether tokens may be sent over SASL_PLAINTEXT to other than loopback addresses.
    pub plaintext_allowed: bool,
}

/// How the destination cluster is reached.
#[derive(Clone)]
pub struct DestinationAdmin {
    properties: BTreeMap<String, String>,
    /// Addresses used until the document names some.
    pub fallback: Vec<HostPort>,
    /// Addresses that a document may name (`rulings.md` 9).
    pub allowed: BTreeSet<HostPort>,
}

/// A controller's token listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerAddress {
    /// Its `node.id`.
    pub node_id: i32,
    /// Where it listens.
    pub address: HostPort,
}

const METADATA: &str = "confluent.metadata.";
const DESTINATION: &str = "confluent.security.event.logger.destination.admin.";
const EXPORTER_SERVERS: &str = "confluent.security.event.logger.exporter.kafka.bootstrap.servers";
const CONTROLLERS: &str = "openmds.controllers.";

fn context(prefix: &str, token_source: Option<Arc<dyn TokenSource>>) -> PropertyContext {
    PropertyContext {
        prefix: prefix.to_string(),
        client_id: CLIENT_ID.to_string(),
        token_source,
        timeout: CONNECTION_TIMEOUT,
    }
}

impl Settings {
    /// Reads the file, naming everything that is wrong with it.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let properties = file::read(path)?;
        let (faults, warnings) = known::check(&properties);
        let mut reader = Reader { properties, faults };
        let settings = settings(&mut reader, warnings);
        if reader.faults.is_empty() {
            Ok(settings)
        } else {
            Err(ConfigError::Invalid {
                path: path.to_path_buf(),
                faults: reader.faults,
            })
        }
    }
}

fn settings(reader: &mut Reader, warnings: Vec<String>) -> Settings {
    reader.one_of(
        "confluent.metadata.server.authentication.method",
        &["BEARER"],
        "",
    );
    reader.one_of(
        "confluent.metadata.server.user.store",
        &["FILE"],
        " (other stores are not part of this version)",
    );
    reader.one_of(
        "confluent.metadata.server.token.signature.algorithm",
        &["RS256"],
        "",
    );
    let listeners = listeners(reader);
    let keystore = keystore(reader, &listeners);
    let mut advertised = reader.list("confluent.metadata.server.advertised.listeners", ',');
    if advertised.is_empty() {
        advertised = listeners
            .iter()
            .map(|listener| format!("{}://{}", listener.scheme.as_str(), listener.address))
            .collect();
    }
    Settings {
        advertised,
        keystore,
        listeners,
        super_users: super_users(reader),
        users_path: reader
            .required(
                "confluent.metadata.server.user.store.file.path",
                "the file of users, one `name:hash` a line",
            )
            .into(),
        token: token(reader),
        store_path: reader
            .required("openmds.store.path", "a folder for the embedded store")
            .into(),
        home: home(reader),
        propagation: propagation(reader),
        destination: destination(reader),
        controllers: controllers(reader),
        push_timeout: reader.millis("openmds.push.timeout.ms", 5_000),
        reconcile_interval: reader.millis("openmds.reconcile.interval.ms", 60_000),
        warnings,
    }
}

fn listeners(reader: &mut Reader) -> Vec<Listener> {
    let property = "confluent.metadata.server.listeners";
    let mut listeners = Vec::new();
    for text in reader.list(property, ',') {
        match Listener::parse(&text) {
            Ok(listener) => listeners.push(listener),
            Err(message) => reader.fault(property, message),
        }
    }
    if reader.text(property).is_none() {
        reader.required(property, "such as http://0.0.0.0:8090");
    }
    listeners
}

fn keystore(reader: &mut Reader, listeners: &[Listener]) -> Option<PathBuf> {
    let location = "confluent.metadata.server.ssl.keystore.location";
    reader.one_of(
        "confluent.metadata.server.ssl.keystore.type",
        &["PEM"],
        "; convert other stores with `openssl pkcs12`",
    );
    let encrypted = listeners
        .iter()
        .any(|listener| listener.scheme == Scheme::Https);
    if encrypted && reader.text(location).is_none() {
        reader.required(
            location,
            "a PEM file with the certificate chain and the private key, for the https listener",
        );
    }
    reader.path(location)
}

fn super_users(reader: &mut Reader) -> BTreeSet<Principal> {
    let mut principals = BTreeSet::new();
    for text in reader.list("super.users", ';') {
        match Principal::parse(&text) {
            Ok(principal) => {
                principals.insert(principal);
            }
            Err(error) => reader.fault("super.users", error.to_string()),
        }
    }
    principals
}

fn token(reader: &mut Reader) -> TokenSettings {
    let or = |value: Option<&str>, default: &str| value.unwrap_or(default).to_string();
    TokenSettings {
        key_path: reader
            .required(
                "confluent.metadata.server.token.key.path",
                "a PKCS#8 PEM file with an RSA key; make one with `openmds server keys generate`",
            )
            .into(),
        lifetime: reader.millis("confluent.metadata.server.token.max.lifetime.ms", 3_600_000),
        issuer: or(reader.text("openmds.token.issuer"), "openmds"),
        audience: or(reader.text("openmds.token.audience"), "openmds"),
        jwks_path: reader.path("openmds.token.jwks.path"),
    }
}

fn home(reader: &mut Reader) -> Home {
    reader.required(
        "confluent.metadata.bootstrap.servers",
        "the home cluster's addresses, host:port[,host:port]",
    );
    let properties = reader.under(METADATA);
    let home = Home {
        properties,
        cluster_id: reader.text("openmds.cluster.id").map(ClusterId::new),
    };
    if reader
        .text("confluent.metadata.bootstrap.servers")
        .is_some()
        && let Err(errors) = home.connection(Arc::new(NoToken))
    {
        errors
            .into_iter()
            .for_each(|error| reader.fault(&error.property, error.message));
    }
    home
}

impl Home {
    /// The connection to the home cluster; the source serves it if it wants this server's tokens.
    pub fn connection(
        &self,
        tokens: Arc<dyn TokenSource>,
    ) -> Result<Connection, Vec<openmds_kafka::PropertyError>> {
        connection_from_properties(&self.properties, &context(METADATA, Some(tokens)))
    }
}

/// Stands in while only the form of the properties is checked.
struct NoToken;

impl TokenSource for NoToken {
    fn token(&self) -> Result<secrecy::SecretString, String> {
        Err("no token is made while the configuration is read".to_string())
    }
}

/// TLS settings for registered clusters: `confluent.metadata.admin.ssl.*`, else
/// `confluent.metadata.ssl.*`, else `ssl.*` (`rulings.md` 11).
fn propagation(reader: &mut Reader) -> Propagation {
    let mut tls = None;
    for prefix in ["confluent.metadata.admin.", METADATA, ""] {
        let mut properties = reader.under(prefix);
        properties.retain(|name, _| name.starts_with("ssl."));
        if properties.is_empty() {
            continue;
        }
        properties.insert("security.protocol".to_string(), "SSL".to_string());
        properties.insert("bootstrap.servers".to_string(), "127.0.0.1:1".to_string());
        match connection_from_properties(&properties, &context(prefix, None)) {
            Ok(connection) => tls = Some(connection.tls),
            Err(errors) => errors
                .into_iter()
                .for_each(|error| reader.fault(&error.property, error.message)),
        }
        break;
    }
    Propagation {
        tls,
        plaintext_allowed: reader.flag("openmds.push.plaintext.allowed"),
    }
}

fn host_ports(reader: &mut Reader, property: &str) -> Vec<HostPort> {
    let mut addresses = Vec::new();
    for text in reader.list(property, ',') {
        match text.parse::<HostPort>() {
            Ok(address) => addresses.push(address),
            Err(error) => reader.fault(property, error.to_string()),
        }
    }
    addresses
}

fn destination(reader: &mut Reader) -> DestinationAdmin {
    let fallback = host_ports(
        reader,
        "confluent.security.event.logger.destination.admin.bootstrap.servers",
    );
    let mut allowed: BTreeSet<HostPort> = host_ports(reader, "openmds.audit.destinations.allowed")
        .into_iter()
        .collect();
    allowed.extend(fallback.iter().cloned());
    allowed.extend(host_ports(reader, EXPORTER_SERVERS));
    allowed.extend(host_ports(reader, "confluent.metadata.bootstrap.servers"));
    let destination = DestinationAdmin {
        properties: reader.under(DESTINATION),
        fallback,
        allowed,
    };
    if !destination.properties.is_empty()
        && let Err(errors) = destination.connection(vec![HostPort {
            host: "localhost".to_string(),
            port: 1,
        }])
    {
        errors
            .into_iter()
            .for_each(|error| reader.fault(&error.property, error.message));
    }
    let plain = destination
        .properties
        .get("sasl.mechanism")
        .is_some_and(|mechanism| mechanism == "PLAIN");
    let encrypted = destination
        .properties
        .get("security.protocol")
        .is_some_and(|protocol| protocol == "SASL_SSL");
    if plain && !encrypted && !reader.flag("openmds.audit.plain.allowed") {
        reader.fault(
            "confluent.security.event.logger.destination.admin.sasl.mechanism",
            "PLAIN sends the password itself: use SASL_SSL, or set openmds.audit.plain.allowed=true",
        );
    }
    destination
}

impl DestinationAdmin {
    /// Whether an admin client of its own is configured; without one the home cluster's is used.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !self.properties.is_empty()
    }

    /// The connection to the destination at the given addresses.
    pub fn connection(
        &self,
        bootstrap: Vec<HostPort>,
    ) -> Result<Connection, Vec<openmds_kafka::PropertyError>> {
        let mut properties = self.properties.clone();
        let text = bootstrap
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(",");
        properties.insert("bootstrap.servers".to_string(), text);
        connection_from_properties(&properties, &context(DESTINATION, None))
    }
}

fn controllers(reader: &mut Reader) -> BTreeMap<ClusterName, Vec<ControllerAddress>> {
    let mut controllers = BTreeMap::new();
    for name in reader.under(CONTROLLERS).into_keys() {
        let property = format!("{CONTROLLERS}{name}");
        let mut addresses = Vec::new();
        for text in reader.list(&property, ',') {
            let parsed = text.split_once('@').and_then(|(id, address)| {
                Some(ControllerAddress {
                    node_id: id.parse().ok()?,
                    address: address.parse().ok()?,
                })
            });
            match parsed {
                Some(address) => addresses.push(address),
                None => reader.fault(&property, format!("`{text}` is not `<node id>@host:port`")),
            }
        }
        match ClusterName::parse(&name) {
            Ok(name) => {
                controllers.insert(name, addresses);
            }
            Err(error) => reader.fault(&property, error.to_string()),
        }
    }
    controllers
}
