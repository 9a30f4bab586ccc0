//! Being logged in: to which server, as whom, with what token.

mod sign_in;
mod store;
mod token;

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

pub(crate) use sign_in::{Proof, sign_in};
pub(crate) use store::Store;

use crate::failure::Failure;
use crate::server_url::ServerUrl;
use token::Claims;

/// A user name and its password.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: SecretString,
}

/// What a log in leaves behind.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) url: ServerUrl,
    /// The user's bare name.
    pub(crate) user: String,
    pub(crate) token: SecretString,
    pub(crate) certificate_authority_path: Option<PathBuf>,
    /// Certificate and key, if the log in was made with them alone: they also renew the session.
    pub(crate) client_certificate: Option<(PathBuf, PathBuf)>,
}

impl Session {
    pub(crate) fn new(
        url: &str,
        user: String,
        token: SecretString,
        certificate_authority_path: Option<PathBuf>,
        client_certificate: Option<(PathBuf, PathBuf)>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            url: ServerUrl::parse(url)?,
            user,
            token,
            certificate_authority_path,
            client_certificate,
        })
    }

    /// Whether the token still holds.
    pub(crate) fn holds_at(&self, now: jiff::Timestamp) -> bool {
        Claims::read(self.token.expose_secret()).is_some_and(|claims| claims.holds_at(now))
    }
}
