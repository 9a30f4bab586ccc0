//! Certificates are replaced under a running server.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::time::{MissedTickBehavior, interval};

use super::tls::{Nodes, TlsSide};
use crate::config::ServerTls;

/// What the files held, as far as they could be read.
type Content = Vec<Option<Vec<u8>>>;

/// TLS with an eye on its files.
pub(super) struct Watched {
    settings: ServerTls,
    nodes: Nodes,
    present: Arc<ArcSwap<TlsSide>>,
    seen: Content,
}

impl Watched {
    /// Reads the files for the first time.
    pub(super) fn open(settings: ServerTls, nodes: Nodes) -> Result<Self, String> {
        let seen = content(&settings);
        let side = TlsSide::open(&settings, &nodes)?;
        Ok(Self {
            settings,
            nodes,
            present: Arc::new(ArcSwap::from_pointee(side)),
            seen,
        })
    }

    /// What handshakes use.
    pub(super) fn present(&self) -> Arc<ArcSwap<TlsSide>> {
        Arc::clone(&self.present)
    }

    /// Looks at the files for ever. New ones that cannot be used leave everything as it is: they are
    /// named once, and tried again when they change.
    pub(super) async fn watch(mut self) {
        let mut looks = interval(self.settings.reload_interval);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let settings = self.settings.clone();
            let Ok(found) = tokio::task::spawn_blocking(move || content(&settings)).await else {
                continue;
            };
            if found == self.seen {
                continue;
            }
            self.seen = found;
            let (settings, nodes) = (self.settings.clone(), self.nodes.clone());
            match tokio::task::spawn_blocking(move || TlsSide::open(&settings, &nodes)).await {
                Ok(Ok(side)) => {
                    self.present.store(Arc::new(side));
                    tracing::info!("new certificates are in use");
                }
                Ok(Err(reason)) => tracing::warn!(
                    %reason,
                    "new certificates cannot be used; the old ones stay in use until the files are mended"
                ),
                Err(error) => tracing::warn!(%error, "new certificates were not read"),
            }
        }
    }
}

fn content(settings: &ServerTls) -> Content {
    let files = settings.files();
    files.iter().map(|path| std::fs::read(path).ok()).collect()
}
