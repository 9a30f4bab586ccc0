//! Finding out who is calling, and giving out tokens.

use openmds_api::AuthenticationResponse;
use secrecy::{ExposeSecret, SecretString};

use super::{App, AppError, Caller, Identity, Proof, RequestContext};
use crate::directory::certificate::subject;
use crate::provider::{ProvenUser, ProviderRefused};
use crate::tokens::{Claims, OWN_PRINCIPAL, Subject, TokenRefused};

const NOTHING_SENT: &str = "no credentials were sent; log in, or send HTTP Basic or a Bearer token";

/// What a request brought along.
#[derive(Debug)]
pub enum Credentials {
    /// HTTP Basic.
    Password {
        /// The user's name.
        name: String,
        /// The user's password.
        password: SecretString,
    },
    /// A Bearer token.
    Token(SecretString),
    /// A token of this service that a browser keeps.
    Cookie(SecretString),
    /// The DER of a client certificate that the TLS listener has verified.
    Certificate(Vec<u8>),
    /// Nothing, or nothing readable.
    None,
}

impl App {
    /// Who the credentials prove somebody to be.
    pub async fn identify(&self, credentials: Credentials) -> Result<Identity, AppError> {
        let identity = match credentials {
            Credentials::None => Err(AppError::unauthenticated(NOTHING_SENT)),
            Credentials::Certificate(certificate) => self.identify_by_certificate(&certificate),
            Credentials::Cookie(token) => self
                .claims(token.expose_secret())
                .map(Identity::from)
                .map_err(|refused| AppError::unauthenticated(refused.to_string())),
            Credentials::Token(token) => self.identify_by_token(token.expose_secret()).await,
            Credentials::Password { .. } if !self.directory.takes_passwords() => {
                Err(AppError::unauthenticated(
                    "no passwords are taken here; use a client certificate or a Bearer token",
                ))
            }
            Credentials::Password { name, password } => {
                match self.directory.verify(&name, &password).await {
                    Ok(Some(name)) => Ok(Identity::of(name, Proof::Password)),
                    Ok(None) => Err(AppError::unauthenticated(
                        "the user name or the password is wrong",
                    )),
                    Err(error) => Err(AppError::unavailable(error.to_string())),
                }
            }
        }?;
        self.admit(&identity)?;
        Ok(identity)
    }

    /// Whoever asks under the server's own name is not the server (`rulings.md` 15).
    pub(super) fn admit(&self, identity: &Identity) -> Result<(), AppError> {
        if identity.name == OWN_PRINCIPAL || identity.name.is_empty() {
            return Err(AppError::unauthenticated(
                "the name that these credentials prove is not one that a user may have",
            ));
        }
        Ok(())
    }

    fn identify_by_certificate(&self, certificate: &[u8]) -> Result<Identity, AppError> {
        let Some(mapping) = &self.settings.user_store.certificates else {
            return Err(AppError::unauthenticated(NOTHING_SENT));
        };
        let subject = subject(certificate).map_err(AppError::unauthenticated)?;
        match mapping.apply(&subject) {
            Some(name) => Ok(Identity::of(name, Proof::Certificate)),
            None => Err(AppError::unauthenticated(format!(
                "no rule of confluent.metadata.server.auth.ssl.principal.mapping.rules applies to the certificate of `{subject}`"
            ))),
        }
    }

    /// By a token of ours, else by one of the identity provider.
    async fn identify_by_token(&self, token: &str) -> Result<Identity, AppError> {
        match (self.claims(token), &self.access_tokens) {
            (Ok(claims), _) => Ok(Identity::from(claims)),
            (Err(TokenRefused::Invalid), Some(provider)) => match provider.check(token).await {
                Ok(user) => self.proven_elsewhere(user),
                Err(error) => Err(refused(&error)),
            },
            (Err(refused), _) => Err(AppError::unauthenticated(refused.to_string())),
        }
    }

    /// Somebody whom an identity provider's token proves. What comes of it here ends with it.
    fn proven_elsewhere(&self, user: ProvenUser) -> Result<Identity, AppError> {
        let present = self.present();
        let earliest = present.revocations().earliest_login(&user.name, None);
        if earliest.is_some_and(|earliest| user.issued_at < earliest) {
            return Err(AppError::unauthenticated(TokenRefused::Revoked.to_string()));
        }
        Ok(Identity {
            groups: user.groups,
            session_end: Some(user.expires_at),
            authenticated_at: Some(user.issued_at),
            ..Identity::of(user.name, Proof::IdentityProvider)
        })
    }

    /// The caller of a request: the user, then the groups of the directory and of the proof.
    #[must_use]
    pub fn caller(
        &self,
        identity: &Identity,
        program: &'static str,
        request: RequestContext,
    ) -> Caller {
        let mut groups = self.directory.groups_of(&identity.name);
        groups.extend(identity.groups.iter().cloned());
        let mut caller = Caller::user(&identity.name, program).in_groups(groups);
        caller.acted_by = identity.acted_by.clone();
        caller.request = request;
        caller
    }

    /// A token for somebody who proved who they are.
    pub fn issue_token(&self, identity: &Identity) -> Result<AuthenticationResponse, AppError> {
        self.issue(identity, Subject::from(identity))
    }

    /// The same, with more said of the token.
    pub(super) fn issue(
        &self,
        identity: &Identity,
        mut subject: Subject,
    ) -> Result<AuthenticationResponse, AppError> {
        subject.authenticated_at = subject
            .authenticated_at
            .or_else(|| self.login_second(identity));
        let (auth_token, expires_in) = self
            .issuer
            .issue(&subject)
            .map_err(|error| AppError::internal(format!("no token could be signed: {error}")))?;
        Ok(AuthenticationResponse {
            auth_token,
            token_type: "Bearer".to_string(),
            expires_in,
        })
    }
}

/// A provider that is away is no refusal.
pub(super) fn refused(error: &ProviderRefused) -> AppError {
    match error {
        ProviderRefused::Invalid(_) => AppError::unauthenticated(error.to_string()),
        ProviderRefused::Away(_) => AppError::unavailable(error.to_string()),
    }
}

impl From<Claims> for Identity {
    fn from(claims: Claims) -> Self {
        Self {
            session: Some(claims.session().to_string()),
            name: claims.sub,
            groups: claims.groups.into_iter().collect(),
            proof: Proof::Token,
            acted_by: claims.cp_proxy,
            session_end: claims.mex,
            authenticated_at: Some(claims.auth_time),
        }
    }
}

impl From<&Identity> for Subject {
    fn from(identity: &Identity) -> Self {
        Self {
            name: identity.name.clone(),
            groups: identity.groups.iter().cloned().collect(),
            acted_by: identity.acted_by.clone(),
            session_end: identity.session_end,
            authenticated_at: identity.authenticated_at,
            session: identity.session.clone(),
            longest: None,
        }
    }
}
