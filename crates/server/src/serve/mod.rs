//! Opening the doors, and closing them.

mod clients;
mod door;
mod known;
mod patience;
mod reload;
mod tls;

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use openmds_kafka::WireConnector;
use tokio::task::JoinSet;

use self::door::Door;
use self::reload::Watched;
use self::tls::Nodes;
use crate::app::App;
use crate::assemble::{StartError, assemble};
use crate::config::{Listener, Scheme, Settings};
use crate::store::SqliteLog;
use crate::time::SystemClock;

/// How long requests in flight may take after the server was asked to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// Most bytes that hyper holds of a request's head; `http` refuses smaller heads with words.
const LARGEST_HEAD: usize = 128 * 1024;

/// Most streams of one HTTP/2 connection at once.
const STREAMS: u32 = 128;

/// Runs the server until it is asked to stop.
pub async fn start(config: &Path) -> Result<(), StartError> {
    let settings = Settings::load(config)?;
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let doors = Doors::bind(&settings.listeners)?;
    let log = SqliteLog::open(&settings.store_path)?;
    let clock = Arc::new(SystemClock);
    let (app, driver) = assemble(settings, Arc::new(WireConnector), clock, Arc::new(log)).await?;
    let rounds = tokio::spawn(driver.run());
    let trail = Arc::clone(&app.trail);
    doors.serve(app, signalled()).await?;
    trail.close(FAREWELL).await;
    rounds.abort();
    Ok(())
}

/// Sockets that are bound, and served from the moment on that somebody may come in.
pub struct Doors(Vec<(Listener, TcpListener)>);

impl Doors {
    /// Binds the listeners.
    pub fn bind(listeners: &[Listener]) -> Result<Self, StartError> {
        let bound = |listener: &Listener| {
            let socket = TcpListener::bind(listener.address).map_err(failed(listener))?;
            socket.set_nonblocking(true).map_err(failed(listener))?;
            // Port 0 asks the system for any free one.
            let address = socket.local_addr().map_err(failed(listener))?;
            let scheme = listener.scheme;
            Ok((Listener { scheme, address }, socket))
        };
        listeners
            .iter()
            .map(bound)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Where they are, with the ports that the system chose.
    #[must_use]
    pub fn listeners(&self) -> Vec<Listener> {
        self.0
            .iter()
            .map(|(listener, _)| listener.clone())
            .collect()
    }

    /// Serves the use cases until `stop`, and then what is in flight for a while.
    pub async fn serve(
        self,
        app: Arc<App>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), StartError> {
        let handle: Handle<SocketAddr> = Handle::new();
        let certificates = match &app.settings.tls {
            Some(tls) => {
                let nodes = Nodes {
                    authority: app.authority.certificate().clone(),
                    clock: Arc::clone(&app.clock),
                };
                Some(Watched::open(tls.clone(), nodes).map_err(StartError::Tls)?)
            }
            None => None,
        };
        let mut doors = JoinSet::new();
        for (listener, socket) in self.0 {
            let tls = match listener.scheme {
                Scheme::Http => None,
                Scheme::Https => certificates.as_ref().map(Watched::present),
            };
            let limits = &app.settings.limits;
            let mut server = axum_server::from_tcp(socket)
                .map_err(failed(&listener))?
                .acceptor(Door::new(tls, limits))
                .handle(handle.clone());
            let builder = server.http_builder();
            builder
                .http1()
                .timer(TokioTimer::new())
                .header_read_timeout(limits.head)
                .max_buf_size(LARGEST_HEAD);
            builder
                .http2()
                .timer(TokioTimer::new())
                .max_header_list_size(u32::try_from(LARGEST_HEAD).unwrap_or(u32::MAX))
                .max_concurrent_streams(STREAMS);
            let make = crate::http::router(Arc::clone(&app)).into_make_service();
            let failed = failed(&listener);
            doors.spawn(async move { server.serve(make).await.map_err(failed) });
            tracing::info!("listening on {listener}");
        }
        let mut beside = JoinSet::new();
        beside.spawn(async move {
            stop.await;
            tracing::info!("stopping");
            // Nodes that wait are answered, and go on at another server.
            app.feed.close();
            handle.graceful_shutdown(Some(FAREWELL));
        });
        if let Some(certificates) = certificates {
            beside.spawn(certificates.watch());
        }
        while let Some(door) = doors.join_next().await {
            if let Ok(Err(error)) = door {
                return Err(error);
            }
        }
        Ok(())
    }
}

fn failed(listener: &Listener) -> impl FnOnce(std::io::Error) -> StartError + use<> {
    let listener = listener.to_string();
    move |error| StartError::Listener {
        listener,
        reason: error.to_string(),
    }
}

async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
