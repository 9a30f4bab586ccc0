//! Finding out who is calling, and giving out tokens.

use std::sync::Arc;

use openmds_api::AuthenticationResponse;
use secrecy::{ExposeSecret, SecretString};

use super::{App, AppError};

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
    /// A token of this service.
    Token(SecretString),
    /// Nothing, or nothing readable.
    None,
}

impl App {
    /// The user's name, if the credentials prove it.
    pub async fn authenticate(&self, credentials: Credentials) -> Result<String, AppError> {
        match credentials {
            Credentials::None => Err(AppError::unauthenticated(
                "no credentials were sent; log in, or send HTTP Basic or a Bearer token",
            )),
            Credentials::Token(token) => self
                .issuer
                .verify(token.expose_secret())
                .map_err(|refused| AppError::unauthenticated(refused.to_string())),
            Credentials::Password { name, password } => {
                let _turn = self.checking.acquire().await;
                let directory = Arc::clone(&self.directory);
                let user = name.clone();
                let verify = move || directory.verify(&user, password.expose_secret());
                let right = tokio::task::spawn_blocking(verify).await.map_err(|error| {
                    AppError::internal(format!("the password was not checked: {error}"))
                })?;
                if right {
                    Ok(name)
                } else {
                    Err(AppError::unauthenticated(
                        "the user name or the password is wrong",
                    ))
                }
            }
        }
    }

    /// A token for an authenticated user.
    pub fn issue_token(&self, name: &str) -> Result<AuthenticationResponse, AppError> {
        let (auth_token, expires_in) = self
            .issuer
            .issue(name)
            .map_err(|error| AppError::internal(format!("no token could be signed: {error}")))?;
        Ok(AuthenticationResponse {
            auth_token,
            token_type: "Bearer".to_string(),
            expires_in,
        })
    }
}
