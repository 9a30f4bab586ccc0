//! Finding out who is calling, and giving out tokens.

use openmds_api::AuthenticationResponse;
use secrecy::{ExposeSecret, SecretString};

use super::{App, AppError, Caller, Identity, Proof, RequestContext};
use crate::tokens::{Claims, Subject};

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
        match credentials {
            Credentials::None | Credentials::Certificate(_) => Err(AppError::unauthenticated(
                "no credentials were sent; log in, or send HTTP Basic or a Bearer token",
            )),
            Credentials::Token(token) | Credentials::Cookie(token) => {
                self.identify_by_token(token.expose_secret())
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
        }
    }

    fn identify_by_token(&self, token: &str) -> Result<Identity, AppError> {
        self.claims(token)
            .map(Identity::from)
            .map_err(|refused| AppError::unauthenticated(refused.to_string()))
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
        let mut subject = Subject::from(identity);
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
        }
    }
}
