//! Putting the rooms together.

use std::sync::Arc;

use openmds_kafka::{Connection, Connector};
use openmds_policy::names::{ClusterId, Principal};
use openmds_policy::rbac::Roles;
use uuid::Uuid;

use crate::app::{App, Destination};
use crate::config::{ConfigError, Settings};
use crate::directory::{Directory, DirectoryError, FileStore, LdapStore, UserStore};
use crate::enrolment::{AuthorityError, DocumentSigner, EnrolmentAuthority};
use crate::provider::{AccessTokens, SignIn};
use crate::reconcile::{Dispatch, Driver};
use crate::store::{MetaLog, Opening, Record, Store, StoreError};
use crate::time::Clock;
use crate::tokens::{ClusterTokens, Issuer, KeyError, KeyFiles, OWN_PRINCIPAL};
use crate::trail::Trail;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The signing key.
    #[error("confluent.metadata.server.token.key.path: {0}")]
    Key(#[from] KeyError),
    /// The files of users and groups.
    #[error("the user store cannot be used: {0}")]
    Directory(#[from] DirectoryError),
    /// The identity provider's settings.
    #[error("the identity provider cannot be used: {0}")]
    Provider(String),
    /// The LDAP directory's settings.
    #[error("the LDAP directory cannot be used: {0}")]
    Ldap(String),
    /// The enrolment authority.
    #[error(transparent)]
    Enrolment(#[from] AuthorityError),
    /// The key that signs audit documents.
    #[error("openmds.audit.documents.sign: there is no key to sign with: {0}")]
    Signing(String),
    /// The store.
    #[error("openmds.store.path: {0}")]
    Store(#[from] StoreError),
    /// The home cluster's settings.
    #[error("the home cluster cannot be used: {0}")]
    Home(String),
    /// A listener.
    #[error("cannot listen on {listener}: {reason}")]
    Listener {
        /// The URL.
        listener: String,
        /// The system's words.
        reason: String,
    },
    /// Certificates of the https listeners.
    #[error("{0}")]
    Tls(String),
    /// The JWKS file.
    #[error("openmds.token.jwks.path: {0}")]
    Jwks(std::io::Error),
}

/// Builds the use cases, and the driver that brings clusters to what they decide. What the outside
/// world is made of comes as parameters, so that a test can hold all of it.
pub async fn assemble(
    settings: Settings,
    connector: Arc<dyn Connector>,
    clock: Arc<dyn Clock>,
    log: Arc<dyn MetaLog>,
) -> Result<(Arc<App>, Driver), StartError> {
    let files = FileStore::load(&settings.user_store.files)?;
    let mut stores: Vec<Arc<dyn UserStore>> = vec![Arc::new(files)];
    if let Some(ldap) = settings.user_store.ldap.clone() {
        let ldap = LdapStore::open(ldap).await;
        stores.push(Arc::new(ldap.map_err(StartError::Ldap)?));
    }
    let directory = Directory::open(stores);
    let tokens_of_provider = settings.user_store.access_tokens.as_ref();
    let access_tokens = tokens_of_provider
        .map(|settings| AccessTokens::new(settings, Arc::clone(&clock)))
        .transpose()
        .map_err(StartError::Provider)?;
    let sign_in = match settings.sso.clone() {
        None => None,
        Some(sso) => {
            // What a login carries through the provider is sealed with what all servers share.
            let secret = std::fs::read(&settings.token.key_path).map_err(|error| {
                let path = settings.token.key_path.display();
                StartError::Provider(format!("{path}: {error}"))
            })?;
            let sign_in = SignIn::new(sso, &secret, Arc::clone(&clock));
            Some(sign_in.map_err(StartError::Provider)?)
        }
    };
    let opening = Opening {
        skip: u64::from(Uuid::new_v4().as_fields().0),
        ..Opening::default()
    };
    let store = Arc::new(Store::take_up(log, opening).await?);
    let issuer = Arc::new(issuer(&settings, &store, &clock).await?);
    if let Some(path) = &settings.token.jwks_path {
        crate::files::replace(path, issuer.jwks().as_bytes()).map_err(StartError::Jwks)?;
    }
    let authority = Arc::new(enrolment(&settings, &store, &clock).await?);
    let home = home_connection(&settings, &issuer)?;
    let dispatch = Arc::new(Dispatch::default());
    let destination = Destination::new(
        Arc::clone(&connector),
        settings.destination.clone(),
        home.clone(),
    );
    let trail = Arc::new(Trail::new(
        &settings,
        Arc::clone(&connector),
        home.clone(),
        Arc::clone(&store),
        Arc::clone(&clock),
        Arc::clone(&dispatch.metrics),
        &authority,
    ));
    let signer = if settings.propagation.signed {
        let server = store.read().server().unwrap_or_default().to_string();
        let signer = DocumentSigner::new(Arc::clone(&authority), &server);
        Some(signer.map_err(StartError::Signing)?)
    } else {
        None
    };
    let driver = Driver::new(
        settings.clone(),
        Arc::clone(&issuer),
        home,
        connector,
        Arc::clone(&store),
        Arc::clone(&dispatch),
        Arc::clone(&clock),
        Arc::clone(&trail),
        signer,
    );
    let app = App::new(
        settings,
        store,
        Arc::new(directory),
        access_tokens,
        sign_in,
        issuer,
        authority,
        Roles::predefined(),
        clock,
        dispatch,
        destination,
        trail,
    );
    let app = Arc::new(app);
    app.keep_tokens_in_order();
    app.keep_memberships();
    Ok((app, driver))
}

/// The authority of nodes; and the store gets a name, so that nodes know whom they follow.
async fn enrolment(
    settings: &Settings,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> Result<EnrolmentAuthority, StartError> {
    let now = clock.now();
    let authority = EnrolmentAuthority::open(&settings.enrolment.ca_path, now)?;
    let nodes = store.read().enrolled().count();
    if authority.was_made() && nodes > 0 {
        tracing::warn!(
            nodes,
            "the enrolment authority (openmds.enrollment.ca.path) is a new one: the certificates that nodes hold come from another and do not count; restore its file, or let the nodes join again"
        );
    }
    if store.read().server().is_none() {
        let id = uuid::Uuid::new_v4().to_string();
        let decide = |_: &_| Ok::<_, StoreError>(vec![Record::Server { id }]);
        let own = Principal::user(OWN_PRINCIPAL).to_string();
        store.update(&own, now, decide).await?;
    }
    Ok(authority)
}

/// The keys as they were when the server stopped, and what its absence changes in them.
async fn issuer(
    settings: &Settings,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> Result<Issuer, StartError> {
    let now = clock.now();
    let stored = store.read();
    let stored = stored.signing_keys();
    let (ring, held) = KeyFiles::new(&settings.token).resume(stored, &settings.token, now)?;
    if ring != *stored {
        let keys = ring.clone();
        let decide = |_: &_| Ok::<_, StoreError>(vec![Record::SigningKeys { keys }]);
        store
            .update(&Principal::user(OWN_PRINCIPAL).to_string(), now, decide)
            .await?;
    }
    Ok(Issuer::new(
        ring,
        held,
        settings.token.clone(),
        Arc::clone(clock),
    ))
}

fn home_connection(settings: &Settings, issuer: &Arc<Issuer>) -> Result<Connection, StartError> {
    // Without an id no token is asked for: the settings require one then.
    let id = settings.home.cluster_id.clone();
    let id = id.unwrap_or_else(|| ClusterId::new(""));
    let tokens = ClusterTokens::new(Arc::clone(issuer), id)
        .in_clear_if(settings.propagation.plaintext_allowed);
    settings
        .home
        .connection(Arc::new(tokens))
        .map_err(|errors| {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            StartError::Home(errors.join("; "))
        })
}
