//! What an identity provider says of itself (OpenID Connect Discovery 1.0).

use openmds_policy::text::quotation;
use serde::Deserialize;

use super::fetch::{Fetch, ProviderAway};

/// The parts of the discovery document that are used.
#[derive(Debug, Clone, Deserialize)]
pub struct Discovered {
    issuer: String,
    pub(super) jwks_uri: String,
    #[serde(default)]
    pub(super) authorization_endpoint: Option<String>,
    #[serde(default)]
    pub(super) token_endpoint: Option<String>,
    #[serde(default)]
    pub(super) device_authorization_endpoint: Option<String>,
}

impl Discovered {
    /// Reads a document, which must be about that issuer.
    pub fn parse(document: &[u8], issuer: &str) -> Result<Self, String> {
        let discovered: Self = serde_json::from_slice(document)
            .map_err(|error| format!("it is something else: {error}"))?;
        if discovered.issuer != issuer {
            return Err(format!(
                "it is about the issuer `{}`, not `{issuer}`",
                quotation(&discovered.issuer)
            ));
        }
        Ok(discovered)
    }
}

/// Fetches the document of an issuer.
pub(super) async fn discover(fetch: &Fetch, issuer: &str) -> Result<Discovered, ProviderAway> {
    let url = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let document = fetch.bytes(&url).await?;
    Discovered::parse(&document, issuer).map_err(|reason| ProviderAway(format!("{url}: {reason}")))
}
