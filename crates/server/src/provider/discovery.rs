//! What an identity provider says of itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use super::fetch::{Fetch, ProviderAway};

/// The parts of the discovery document that are used.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Discovered {
    issuer: String,
    pub(super) jwks_uri: String,
    #[serde(default)]
    pub(super) authorization_endpoint: Option<String>,
    #[serde(default)]
    pub(super) token_endpoint: Option<String>,
    #[serde(default)]
    pub(super) device_authorization_endpoint: Option<String>,
}

/// Reads the document of an issuer, which must be about that issuer.
pub(super) async fn discover(fetch: &Fetch, issuer: &str) -> Result<Discovered, ProviderAway> {
    let url = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let discovered: Discovered = fetch.json(&url).await?;
    if discovered.issuer != issuer {
        return Err(ProviderAway(format!(
            "{url} is about the issuer `{}`, not `{issuer}`",
            discovered.issuer
        )));
    }
    Ok(discovered)
}
