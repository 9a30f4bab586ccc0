//! The provider's public keys, kept and fetched again when they may have changed.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::discovery::discover;
use super::fetch::{Fetch, ProviderAway};

/// Where keys are, and how long they are believed.
#[derive(Debug, Clone)]
pub(super) struct KeySource {
    pub(super) issuer: String,
    /// Absent: the discovery document says where.
    pub(super) url: Option<String>,
    /// Fetched again after this.
    pub(super) refresh: Duration,
    /// Not fetched more often than this, whatever tokens say.
    pub(super) pause: Duration,
}

#[derive(Debug)]
struct Fetched {
    keys: JwkSet,
    at: Instant,
}

/// The provider's public keys.
pub(super) struct KeyCache {
    source: KeySource,
    fetch: Fetch,
    fetched: ArcSwapOption<Fetched>,
    /// When the keys were last asked for, with or without success; held while they are.
    asked: Mutex<Option<(Instant, Option<ProviderAway>)>>,
}

impl KeyCache {
    pub(super) fn new(source: KeySource, fetch: Fetch) -> Self {
        Self {
            source,
            fetch,
            fetched: ArcSwapOption::empty(),
            asked: Mutex::new(None),
        }
    }

    /// The keys that may have signed under this id; all keys if there is no id. An unknown id lets
    /// the keys be fetched early.
    pub(super) async fn find(&self, id: Option<&str>) -> Result<Vec<Jwk>, ProviderAway> {
        let kept = self.fetched.load_full();
        if let Some(kept) = &kept
            && kept.at.elapsed() < self.source.refresh
        {
            let found = matching(&kept.keys, id);
            if !found.is_empty() {
                return Ok(found);
            }
        }
        self.fetch_again(kept.as_ref()).await?;
        let now = self.fetched.load();
        Ok(now
            .as_ref()
            .map(|now| matching(&now.keys, id))
            .unwrap_or_default())
    }

    /// Fetches, unless that was done a moment ago or somebody else just did. Old keys serve on
    /// while the provider is away.
    async fn fetch_again(&self, kept: Option<&Arc<Fetched>>) -> Result<(), ProviderAway> {
        let mut asked = self.asked.lock().await;
        if let Some((at, failure)) = asked.as_ref()
            && at.elapsed() < self.source.pause
        {
            return match (failure, kept) {
                (Some(failure), None) => Err(failure.clone()),
                _ => Ok(()),
            };
        }
        let keys = self.ask().await;
        let failure = keys.as_ref().err().cloned();
        *asked = Some((Instant::now(), failure));
        match keys {
            Ok(keys) => {
                let at = Instant::now();
                self.fetched.store(Some(Arc::new(Fetched { keys, at })));
                Ok(())
            }
            Err(away) if kept.is_some() => {
                tracing::warn!(
                    "the keys of {} stay those fetched before: {away}",
                    self.source.issuer
                );
                Ok(())
            }
            Err(away) => Err(away),
        }
    }

    async fn ask(&self) -> Result<JwkSet, ProviderAway> {
        let url = match &self.source.url {
            Some(url) => url.clone(),
            None => discover(&self.fetch, &self.source.issuer).await?.jwks_uri,
        };
        let set = self.fetch.bytes(&url).await?;
        key_set(&set).map_err(|reason| ProviderAway(format!("{url} {reason}")))
    }
}

/// Reads a key set. Keys of kinds that are not known here must not hide the others.
pub fn key_set(bytes: &[u8]) -> Result<JwkSet, String> {
    let set: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|error| format!("answers something else: {error}"))?;
    let keys = set.get("keys").and_then(serde_json::Value::as_array);
    let keys = keys.ok_or("holds no `keys`")?;
    let readable = keys
        .iter()
        .filter_map(|key| serde_json::from_value(key.clone()).ok());
    Ok(JwkSet {
        keys: readable.collect(),
    })
}

fn matching(keys: &JwkSet, id: Option<&str>) -> Vec<Jwk> {
    let matches = |key: &&Jwk| id.is_none() || key.common.key_id.as_deref() == id;
    keys.keys.iter().filter(matches).cloned().collect()
}
