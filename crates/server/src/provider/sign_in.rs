//! Logging in through a provider: what is asked of it, and what its answers prove.

use std::sync::Arc;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse as _,
    TokenUrl,
};
use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::discovery::discover;
use super::fetch::{Fetch, ProviderAway};
use super::key_cache::{KeyCache, KeySource};
use super::sealed::Seal;
use super::validation::{Expected, ProvenUser, ProviderRefused};
use crate::config::SsoSettings;
use crate::time::Clock;

/// What OpenID Connect adds to an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct IdToken {
    #[serde(default)]
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

pub(super) type Answer = StandardTokenResponse<IdToken, BasicTokenType>;

pub(super) type OAuth<A = EndpointNotSet, T = EndpointNotSet> = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    A,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    T,
>;

/// Where the provider does what.
#[derive(Debug, Clone)]
pub(super) struct Endpoints {
    pub(super) authorize: Option<String>,
    pub(super) token: Option<String>,
    pub(super) device: Option<String>,
}

/// Somebody who logged in at the provider.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub user: ProvenUser,
    /// With which the session can be extended.
    pub refresh_token: Option<String>,
}

/// Logging in through one provider.
pub struct SignIn {
    /// What the server was told.
    pub settings: SsoSettings,
    pub(super) fetch: Fetch,
    keys: KeyCache,
    seal: Seal,
    endpoints: OnceCell<Endpoints>,
    pub(super) clock: Arc<dyn Clock>,
}

impl SignIn {
    /// Asks the provider nothing yet. All servers with the same secret continue each other's
    /// logins.
    pub fn new(
        settings: SsoSettings,
        secret: &[u8],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let fetch = Fetch::new(settings.tls.as_ref())?;
        let source = KeySource {
            issuer: settings.expected.issuer.clone(),
            url: settings.jwks_url.clone(),
            refresh: settings.jwks.refresh,
            pause: settings.jwks.pause,
        };
        Ok(Self {
            keys: KeyCache::new(source, fetch.clone()),
            seal: Seal::new(secret)?,
            fetch,
            settings,
            endpoints: OnceCell::new(),
            clock,
        })
    }

    /// A text that only this service reads, for this purpose.
    pub fn seal(&self, purpose: &str, content: &impl Serialize) -> Result<String, ProviderRefused> {
        self.seal
            .seal(purpose, content)
            .map_err(ProviderRefused::Invalid)
    }

    /// What was sealed for this purpose.
    #[must_use]
    pub fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        self.seal.open(purpose, sealed)
    }

    pub(super) async fn endpoints(&self) -> Result<&Endpoints, ProviderAway> {
        let find = || async {
            let told = &self.settings;
            let mut endpoints = Endpoints {
                authorize: told.authorize_url.clone(),
                token: told.token_url.clone(),
                device: told.device_url.clone(),
            };
            let complete = endpoints.authorize.is_some()
                && endpoints.token.is_some()
                && endpoints.device.is_some()
                && told.jwks_url.is_some();
            if !complete {
                let found = discover(&self.fetch, &told.expected.issuer).await?;
                endpoints.authorize = endpoints.authorize.or(found.authorization_endpoint);
                endpoints.token = endpoints.token.or(found.token_endpoint);
                endpoints.device = endpoints.device.or(found.device_authorization_endpoint);
            }
            Ok(endpoints)
        };
        self.endpoints.get_or_try_init(find).await
    }

    pub(super) async fn oauth(&self) -> Result<OAuth<EndpointSet, EndpointSet>, ProviderAway> {
        let endpoints = self.endpoints().await?;
        let missing = |what: &str| ProviderAway(format!("it has no {what} endpoint"));
        let unusable = |what: &str| ProviderAway(format!("its {what} endpoint is no URL"));
        let authorize = endpoints
            .authorize
            .clone()
            .ok_or_else(|| missing("authorization"))?;
        let token = endpoints.token.clone().ok_or_else(|| missing("token"))?;
        let mut client = OAuth::new(ClientId::new(self.settings.client_id.clone()));
        if let Some(secret) = &self.settings.client_secret {
            client =
                client.set_client_secret(ClientSecret::new(secret.expose_secret().to_string()));
        }
        let redirect = RedirectUrl::new(self.settings.redirect_uri.clone());
        Ok(client
            .set_redirect_uri(redirect.map_err(|_| unusable("callback"))?)
            .set_auth_uri(AuthUrl::new(authorize).map_err(|_| unusable("authorization"))?)
            .set_token_uri(TokenUrl::new(token).map_err(|_| unusable("token"))?))
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.settings.scopes.iter().cloned().map(Scope::new)
    }

    /// Where a browser logs in, and the verifier that the code is fetched with.
    pub async fn authorize_url(
        &self,
        state: impl FnOnce(&str) -> Result<String, ProviderRefused>,
        nonce: &str,
    ) -> Result<String, ProviderRefused> {
        let client = self.oauth().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = state(verifier.secret())?;
        let (url, _) = client
            .authorize_url(|| CsrfToken::new(state))
            .add_scopes(self.scopes())
            .add_extra_param("nonce", nonce)
            .set_pkce_challenge(challenge)
            .url();
        Ok(url.to_string())
    }

    /// Who logged in, by the code that the browser brought back.
    pub async fn exchange_code(
        &self,
        code: &str,
        verifier: &str,
        nonce: &str,
    ) -> Result<SignedIn, ProviderRefused> {
        let client = self.oauth().await?;
        let http = self.fetch.http(&Arc::default());
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_string()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_string()))
            .request_async(&http)
            .await
            .map_err(refusal)?;
        let signed_in = self.read(&answer).await?;
        let said = signed_in
            .user
            .claims
            .get("nonce")
            .and_then(|nonce| nonce.as_str());
        if said != Some(nonce) {
            return Err(ProviderRefused::Invalid(
                "the ID token is of another login".to_string(),
            ));
        }
        Ok(signed_in)
    }

    /// Who still is logged in at the provider; nobody is named if it does not say.
    pub async fn refresh(&self, token: &str) -> Result<Option<SignedIn>, ProviderRefused> {
        let client = self.oauth().await?;
        let http = self.fetch.http(&Arc::default());
        let token = RefreshToken::new(token.to_string());
        let request = client.exchange_refresh_token(&token);
        let answer = request.request_async(&http).await.map_err(refusal)?;
        if answer.extra_fields().id_token.is_none() {
            return Ok(None);
        }
        self.read(&answer).await.map(Some)
    }

    /// Whom the ID token of an answer proves.
    pub(super) async fn read(&self, answer: &Answer) -> Result<SignedIn, ProviderRefused> {
        let missing = || ProviderRefused::Invalid("the provider gave no ID token".to_string());
        let id_token = answer
            .extra_fields()
            .id_token
            .as_deref()
            .ok_or_else(missing)?;
        let expected: &Expected = &self.settings.expected;
        let now = self.clock.now().as_second();
        let user = expected.check(&self.keys, id_token, now).await?;
        // OpenID Connect Core 1.0, section 3.1.3.7.
        let party = user.claims.get("azp").and_then(|party| party.as_str());
        if party.is_some_and(|party| party != self.settings.client_id) {
            return Err(ProviderRefused::Invalid(
                "the ID token is for another client".to_string(),
            ));
        }
        let refresh_token = answer.refresh_token().map(|token| token.secret().clone());
        Ok(SignedIn {
            user,
            refresh_token: refresh_token.filter(|_| self.settings.refresh_tokens),
        })
    }
}

/// What the provider said no to.
pub(super) fn refusal<E>(error: RequestTokenError<ProviderAway, E>) -> ProviderRefused
where
    E: oauth2::ErrorResponse + std::fmt::Display + 'static,
{
    match error {
        RequestTokenError::Request(away) => ProviderRefused::Away(away),
        RequestTokenError::ServerResponse(said) => {
            ProviderRefused::Invalid(format!("the provider says `{said}`"))
        }
        RequestTokenError::Parse(error, _) => {
            ProviderRefused::Away(ProviderAway(error.to_string()))
        }
        RequestTokenError::Other(reason) => ProviderRefused::Away(ProviderAway(reason)),
    }
}
