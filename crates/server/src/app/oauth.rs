//! Tokens for OAuth 2.0 clients: users of this service under the field's other name.

use std::net::IpAddr;

use openmds_api::{AccessToken, ServerMetadata, paths};
use secrecy::{ExposeSecret as _, SecretString};

use super::{App, AppError, Credentials, Identity, Kind, Proof};
use crate::tokens::{
    ASSERTION_ALGORITHMS, SigningAlgorithm, alleged_client, check_assertion, client_keys,
};

/// RFC 7523, 2.1.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The one scope there is: rights come from role bindings.
const SCOPE: &str = "kafka";

/// How a client proves who it is.
#[derive(Debug)]
pub enum ClientProof {
    /// As users do everywhere else.
    Credentials(Credentials),
    /// A name and a password that may have been form-encoded (RFC 6749, 2.3.1) or not: clients do
    /// either.
    EitherPassword([(String, SecretString); 2]),
    /// An assertion that the client signed.
    Assertion(SecretString),
    /// An assertion that stands for a grant: as above, or of the identity provider whose tokens are
    /// taken as Bearer too.
    Grant(SecretString),
}

impl App {
    /// Who the client proves to be, unless too many of its logins from this address failed before.
    pub async fn identify_client(
        &self,
        address: Option<IpAddr>,
        proof: ClientProof,
    ) -> Result<Identity, AppError> {
        match proof {
            ClientProof::Credentials(credentials) => self.identify_from(address, credentials).await,
            ClientProof::EitherPassword(pairs) => self.identify_either(address, pairs).await,
            ClientProof::Assertion(assertion) => self.identify_by_assertion(assertion).await,
            ClientProof::Grant(assertion) if self.is_the_providers(&assertion) => {
                self.identify(Credentials::Token(assertion)).await
            }
            ClientProof::Grant(assertion) => self.identify_by_assertion(assertion).await,
        }
    }

    /// A token for a client that proved who it is.
    pub fn access_token(&self, client: &Identity) -> Result<AccessToken, AppError> {
        let token = self.issue_token(client)?;
        Ok(AccessToken {
            access_token: token.auth_token,
            token_type: token.token_type,
            expires_in: token.expires_in,
            scope: SCOPE.to_string(),
        })
    }

    /// Whether the assertion can only be the identity provider's: no client of that name signs for
    /// itself, and it is no token of this server.
    fn is_the_providers(&self, assertion: &SecretString) -> bool {
        let assertion = assertion.expose_secret();
        let client = alleged_client(assertion);
        let signs = client.is_some_and(|client| self.settings.assertion_keys.contains_key(&client));
        self.access_tokens.is_some() && !signs && self.issuer.read(assertion).is_none()
    }

    /// Two readings of what came are one login: its failure counts once, and only for the user that
    /// was meant.
    async fn identify_either(
        &self,
        address: Option<IpAddr>,
        [raw, decoded]: [(String, SecretString); 2],
    ) -> Result<Identity, AppError> {
        let same_name = raw.0 == decoded.0;
        let same = same_name && raw.1.expose_secret() == decoded.1.expose_secret();
        let credentials = |(name, password)| Credentials::Password { name, password };
        let name = raw.0.clone();
        match self.identify_from(address, credentials(decoded)).await {
            Err(refused) if refused.kind != Kind::Unauthenticated || same => Err(refused),
            Err(_) if !same_name => self.identify_from(address, credentials(raw)).await,
            Err(_) => {
                let identity = self.identify(credentials(raw)).await?;
                if let Some(address) = address {
                    self.login_limits.succeeded(&name, address);
                }
                Ok(identity)
            }
            Ok(identity) => Ok(identity),
        }
    }

    /// The client that signed this, if its keys are known here.
    async fn identify_by_assertion(&self, assertion: SecretString) -> Result<Identity, AppError> {
        let refused = |reason: &str| {
            AppError::unauthenticated(format!("the assertion is not taken: {reason}"))
        };
        let client = alleged_client(assertion.expose_secret())
            .ok_or_else(|| refused("it is not a signed JWT with iss, sub, aud and exp"))?;
        let files = &self.settings.assertion_keys;
        // No client and no fitting key sound the same.
        let Some(path) = files.get(&client).cloned() else {
            return Err(refused("no key of this client signed it"));
        };
        // Read each time: a new key counts at once, and a removed one no more.
        let keys = tokio::task::spawn_blocking(move || client_keys(&path)).await;
        let keys = keys.unwrap_or_else(|error| Err(error.to_string()));
        let keys = keys.map_err(|problem| {
            AppError::internal(format!("the client's keys cannot be used: {problem}"))
        })?;
        let now = self.clock.now().as_second();
        let audiences = self.assertion_audiences();
        check_assertion(assertion.expose_secret(), &client, &keys, &audiences, now)
            .map_err(|reason| refused(&reason))?;
        Ok(Identity::of(client, Proof::Assertion))
    }

    /// Whom an assertion may be meant for: this server by any of its own names. What a request
    /// calls it (`Host`) is not one of them.
    fn assertion_audiences(&self) -> Vec<String> {
        let mut names = vec![self.settings.token.issuer.clone()];
        for base in self.settings.advertised.iter().chain([&self.base_url()]) {
            let base = base.trim_end_matches('/').to_string();
            names.push(format!("{base}{}", paths::TOKEN_ENDPOINT));
            names.push(base);
        }
        names.sort();
        names.dedup();
        names
    }

    /// Where clients find this server: the issuer if it is a URL, else the first advertised
    /// listener, https before http.
    fn base_url(&self) -> String {
        let issuer = &self.settings.token.issuer;
        if issuer.starts_with("https://") || issuer.starts_with("http://") {
            return issuer.trim_end_matches('/').to_string();
        }
        let mut advertised: Vec<&String> = self.settings.advertised.iter().collect();
        advertised.sort_by_key(|url| !url.starts_with("https://"));
        let first = advertised.first().map(|url| url.trim_end_matches('/'));
        first.unwrap_or_default().to_string()
    }

    /// What discovery documents say.
    #[must_use]
    pub fn server_metadata(&self) -> ServerMetadata {
        let base = self.base_url();
        let issuer = &self.settings.token.issuer;
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        ServerMetadata {
            issuer: if issuer.contains("://") {
                issuer.clone()
            } else {
                base.clone()
            },
            token_endpoint: format!("{base}{}", paths::TOKEN_ENDPOINT),
            jwks_uri: format!("{base}{}", paths::JWKS),
            grant_types_supported: texts(&["client_credentials", JWT_BEARER]),
            token_endpoint_auth_methods_supported: texts(&[
                "client_secret_basic",
                "client_secret_post",
                "private_key_jwt",
            ]),
            token_endpoint_auth_signing_alg_values_supported: texts(&ASSERTION_ALGORITHMS),
            response_types_supported: vec![],
            scopes_supported: texts(&[SCOPE]),
            subject_types_supported: texts(&["public"]),
            id_token_signing_alg_values_supported: texts(
                &SigningAlgorithm::ALL.map(SigningAlgorithm::as_str),
            ),
        }
    }
}
