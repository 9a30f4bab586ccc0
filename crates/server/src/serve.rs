//! Putting the rooms together, and opening the doors.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use openmds_kafka::{Connection, Connector, WireConnector};
use openmds_policy::rbac::Roles;

use crate::app::{App, Destination};
use crate::config::{ConfigError, Listener, Scheme, Settings};
use crate::directory::{DirectoryError, FileDirectory};
use crate::reconcile::{Dispatch, Driver};
use crate::store::{SqliteLog, Store, StoreError};
use crate::time::{Clock, SystemClock};
use crate::tokens::{ClusterTokens, Issuer, KeyError, SigningKey};

/// How long requests in flight may take after the server was asked to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The signing key.
    #[error("confluent.metadata.server.token.key.path: {0}")]
    Key(#[from] KeyError),
    /// The user file.
    #[error("confluent.metadata.server.user.store.file.path: {0}")]
    Directory(#[from] DirectoryError),
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
    /// The JWKS file.
    #[error("openmds.token.jwks.path: {0}")]
    Jwks(std::io::Error),
}

/// Runs the server until it is asked to stop.
pub async fn start(config: &Path) -> Result<(), StartError> {
    let settings = Settings::load(config)?;
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let listeners = bind(&settings.listeners)?;
    let (app, driver) = assemble(settings, Arc::new(WireConnector), Arc::new(SystemClock)).await?;
    let keystore = app.settings.keystore.clone();
    let rounds = tokio::spawn(driver.run());
    serve(app, listeners, keystore.as_deref()).await?;
    rounds.abort();
    Ok(())
}

/// Builds the use cases and the driver above the store of the settings.
async fn assemble(
    settings: Settings,
    connector: Arc<dyn Connector>,
    clock: Arc<dyn Clock>,
) -> Result<(Arc<App>, Driver), StartError> {
    let key = SigningKey::load(&settings.token.key_path)?;
    let directory = FileDirectory::load(&settings.users_path)?;
    match directory.plain_passwords() {
        0 => {}
        count => {
            tracing::warn!(count, path = %settings.users_path.display(), "passwords stand in clear in the user file; hash them with `openmds server passwd hash`")
        }
    }
    let issuer = Arc::new(Issuer::new(key, settings.token.clone(), Arc::clone(&clock)));
    if let Some(path) = &settings.token.jwks_path {
        crate::files::replace(path, issuer.jwks().as_bytes()).map_err(StartError::Jwks)?;
    }
    let home = home_connection(&settings, &issuer)?;
    let store = Arc::new(Store::open(Arc::new(SqliteLog::open(&settings.store_path)?)).await?);
    let dispatch = Arc::new(Dispatch::default());
    let destination = Destination::new(
        Arc::clone(&connector),
        settings.destination.clone(),
        home.clone(),
    );
    let driver = Driver::new(
        settings.clone(),
        Arc::clone(&issuer),
        home,
        connector,
        Arc::clone(&store),
        Arc::clone(&dispatch),
        Arc::clone(&clock),
    );
    let app = App::new(
        settings,
        store,
        Arc::new(directory),
        issuer,
        Roles::predefined(),
        clock,
        dispatch,
        destination,
    );
    Ok((Arc::new(app), driver))
}

fn home_connection(settings: &Settings, issuer: &Arc<Issuer>) -> Result<Connection, StartError> {
    let id = settings
        .home
        .cluster_id
        .clone()
        .unwrap_or_else(|| openmds_policy::names::ClusterId::new(""));
    let tokens = Arc::new(ClusterTokens::new(Arc::clone(issuer), id));
    settings.home.connection(tokens).map_err(|errors| {
        StartError::Home(
            errors
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("; "),
        )
    })
}

fn bind(listeners: &[Listener]) -> Result<Vec<(Listener, TcpListener)>, StartError> {
    let bound = |listener: &Listener| {
        let failed = |error: std::io::Error| StartError::Listener {
            listener: format!("{}://{}", listener.scheme.as_str(), listener.address),
            reason: error.to_string(),
        };
        let socket = TcpListener::bind(listener.address).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        Ok((listener.clone(), socket))
    };
    listeners.iter().map(bound).collect()
}

async fn serve(
    app: Arc<App>,
    listeners: Vec<(Listener, TcpListener)>,
    keystore: Option<&Path>,
) -> Result<(), StartError> {
    let handle: Handle<SocketAddr> = Handle::new();
    tokio::spawn(stop_on_signal(handle.clone()));
    let mut doors = tokio::task::JoinSet::new();
    for (listener, socket) in listeners {
        let url = format!("{}://{}", listener.scheme.as_str(), listener.address);
        let failed = {
            let url = url.clone();
            move |error: std::io::Error| StartError::Listener {
                listener: url,
                reason: error.to_string(),
            }
        };
        let make = crate::http::router(Arc::clone(&app)).into_make_service();
        let handle = handle.clone();
        match listener.scheme {
            Scheme::Http => {
                let server = axum_server::from_tcp(socket).map_err(failed.clone())?;
                doors.spawn(async move { server.handle(handle).serve(make).await.map_err(failed) });
            }
            Scheme::Https => {
                let path = keystore.unwrap_or(Path::new(""));
                let config = RustlsConfig::from_pem_file(path, path)
                    .await
                    .map_err(failed.clone())?;
                let server =
                    axum_server::from_tcp_rustls(socket, config).map_err(failed.clone())?;
                doors.spawn(async move { server.handle(handle).serve(make).await.map_err(failed) });
            }
        }
        tracing::info!("listening on {url}");
    }
    while let Some(door) = doors.join_next().await {
        if let Ok(Err(error)) = door {
            return Err(error);
        }
    }
    Ok(())
}

async fn stop_on_signal(handle: Handle<SocketAddr>) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    handle.graceful_shutdown(Some(FAREWELL));
}
