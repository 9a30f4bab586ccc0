//! Access tokens of a provider as Bearer tokens (`rbac-registry-tokens.md` 3.4.3).

use std::sync::Arc;

use super::fetch::Fetch;
use super::key_cache::{KeyCache, KeySource};
use super::validation::{Expected, ProvenUser, ProviderRefused};
use crate::config::AccessTokenSettings;
use crate::time::Clock;

/// Checks access tokens of one provider.
pub struct AccessTokens {
    expected: Expected,
    keys: KeyCache,
    clock: Arc<dyn Clock>,
}

impl AccessTokens {
    /// Asks the provider nothing yet.
    pub fn new(settings: &AccessTokenSettings, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let source = KeySource {
            issuer: settings.expected.issuer.clone(),
            url: settings.jwks_url.clone(),
            refresh: settings.jwks.refresh,
            pause: settings.jwks.pause,
        };
        Ok(Self {
            expected: settings.expected.clone(),
            keys: KeyCache::new(source, Fetch::new(settings.tls.as_ref())?),
            clock,
        })
    }

    /// Whom the token proves.
    pub async fn check(&self, token: &str) -> Result<ProvenUser, ProviderRefused> {
        let now = self.clock.now().as_second();
        self.expected.check(&self.keys, token, now).await
    }
}
