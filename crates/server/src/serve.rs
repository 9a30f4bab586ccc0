//! Opening the doors, and closing them.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use openmds_kafka::WireConnector;

use crate::app::App;
use crate::assemble::{StartError, assemble};
use crate::config::{Listener, Scheme, Settings};
use crate::store::SqliteLog;
use crate::time::SystemClock;

/// How long requests in flight may take after the server was asked to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// Runs the server until it is asked to stop.
pub async fn start(config: &Path) -> Result<(), StartError> {
    let settings = Settings::load(config)?;
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let listeners = bind(&settings.listeners)?;
    let log = SqliteLog::open(&settings.store_path)?;
    let clock = Arc::new(SystemClock);
    let (app, driver) = assemble(settings, Arc::new(WireConnector), clock, Arc::new(log)).await?;
    let keystore = app.settings.keystore.clone();
    let rounds = tokio::spawn(driver.run());
    serve(app, listeners, keystore.as_deref()).await?;
    rounds.abort();
    Ok(())
}

fn bind(listeners: &[Listener]) -> Result<Vec<(Listener, TcpListener)>, StartError> {
    let bound = |listener: &Listener| {
        let failed = |error: std::io::Error| StartError::Listener {
            listener: listener.to_string(),
            reason: error.to_string(),
        };
        let socket = TcpListener::bind(listener.address).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        // Port 0 asks the system for any free one.
        let address = socket.local_addr().map_err(failed)?;
        let scheme = listener.scheme;
        Ok((Listener { scheme, address }, socket))
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
        let url = listener.to_string();
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
