//! Typed settings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use openmds_policy::names::{ClusterName, Principal};

use super::controllers::ControllerAddress;
use super::destination_admin::DestinationAdmin;
use super::enrolment::Enrolment;
use super::exporter::Exporter;
use super::file::{self, ConfigError};
use super::home::Home;
use super::impersonation::{Impersonation, principals};
use super::known;
use super::limits::Limits;
use super::listeners::{self, Listener};
use super::logins::Logins;
use super::propagation::Propagation;
use super::reader::Reader;
use super::sso::SsoSettings;
use super::tls::ServerTls;
use super::token::TokenSettings;
use super::user_store::UserStoreSettings;
use super::web::{self, Web};

/// Everything the server is told at start.
#[derive(Clone)]
pub struct Settings {
    /// Where to listen.
    pub listeners: Vec<Listener>,
    /// URLs to tell clients; derived from the listeners if not given.
    pub advertised: Vec<String>,
    /// TLS of the https listeners, if there are any.
    pub tls: Option<ServerTls>,
    /// How much a client may ask for, and how long it may take.
    pub limits: Limits,
    /// How often somebody may try to log in.
    pub logins: Logins,
    /// How the front desk behaves.
    pub web: Web,
    /// Who may do everything.
    pub super_users: BTreeSet<Principal>,
    /// Who may act in whose name.
    pub impersonation: Impersonation,
    /// Where users are known.
    pub user_store: UserStoreSettings,
    /// Logging in through an identity provider.
    pub sso: Option<SsoSettings>,
    /// How tokens are made.
    pub token: TokenSettings,
    /// Files with the public keys of clients that sign assertions, by the clients' names.
    pub assertion_keys: BTreeMap<String, PathBuf>,
    /// The folder of the embedded store.
    pub store_path: PathBuf,
    /// How nodes of Kafka clusters are certified.
    pub enrolment: Enrolment,
    /// The server's own cluster.
    pub home: Home,
    /// How registered clusters are reached.
    pub propagation: Propagation,
    /// How the destination cluster is reached.
    pub destination: DestinationAdmin,
    /// How the server's own audit events leave it.
    pub exporter: Exporter,
    /// Token listeners of controllers, by the cluster's name.
    pub controllers: BTreeMap<ClusterName, Vec<ControllerAddress>>,
    /// How long an update waits for the clusters.
    pub push_timeout: Duration,
    /// How often everything is compared without a reason.
    pub reconcile_interval: Duration,
    /// Names that were read and mean nothing.
    pub warnings: Vec<String>,
}

impl Settings {
    /// Reads the file, naming everything that is wrong with it.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let properties = file::read(path)?;
        let (faults, warnings) = known::check(&properties);
        let mut reader = Reader {
            properties,
            faults,
            warnings,
        };
        let mut settings = Self::read(&mut reader);
        settings.warnings = std::mem::take(&mut reader.warnings);
        if reader.faults.is_empty() {
            Ok(settings)
        } else {
            Err(ConfigError::Invalid {
                path: path.to_path_buf(),
                faults: reader.faults,
            })
        }
    }

    /// Whether the file asks for a log in JSON; what is wrong with the file is told by [`Self::load`],
    /// in the log.
    #[must_use]
    pub fn wants_json_log(path: &Path) -> bool {
        file::read(path).is_ok_and(|properties| {
            properties
                .get(web::LOG_FORMAT)
                .is_some_and(|format| format == "json")
        })
    }

    fn read(reader: &mut Reader) -> Self {
        reader.one_of(
            "confluent.metadata.server.authentication.method",
            &["BEARER"],
            "",
        );
        let listeners = Listener::read(reader);
        let advertised = listeners::advertised(reader, &listeners);
        let store_path: PathBuf = reader
            .required("openmds.store.path", "a folder for the embedded store")
            .into();
        Self {
            sso: SsoSettings::read(reader, &advertised),
            advertised,
            tls: ServerTls::read(reader, &listeners),
            limits: Limits::read(reader),
            logins: Logins::read(reader),
            web: Web::read(reader),
            listeners,
            super_users: principals(reader, "super.users"),
            impersonation: Impersonation::read(reader),
            user_store: UserStoreSettings::read(reader),
            token: TokenSettings::read(reader),
            assertion_keys: super::oauth::assertion_keys(reader),
            enrolment: Enrolment::read(reader, &store_path),
            store_path,
            home: Home::read(reader),
            propagation: Propagation::read(reader),
            destination: DestinationAdmin::read(reader),
            exporter: Exporter::read(reader),
            controllers: ControllerAddress::read(reader),
            push_timeout: reader.millis("openmds.push.timeout.ms", 5_000),
            reconcile_interval: reader.millis("openmds.reconcile.interval.ms", 60_000),
            warnings: Vec::new(),
        }
    }
}
