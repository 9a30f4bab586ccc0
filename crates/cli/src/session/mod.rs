//! Being logged in: to which server, as whom, with what token.

mod device_flow;
mod private_files;
mod renewal;
mod sign_in;
mod store;
mod token;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) use device_flow::{DeviceFlow, offers_single_sign_on};
pub(crate) use renewal::{Fallback, renewed, started};
pub(crate) use sign_in::{Proof, Trust, sign_in};
pub(crate) use store::{Contexts, Store};

use crate::server_url::ServerUrl;
use token::Claims;

/// A user name and its password.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: SecretString,
}

/// How a log in was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Method {
    Password,
    Certificate,
    Sso,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Certificate => "certificate",
            Self::Sso => "sso",
        }
    }
}

/// What a log in leaves behind.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) url: ServerUrl,
    /// The user's bare name.
    pub(crate) user: String,
    pub(crate) method: Method,
    /// `None` after a log out: the rest still tells a new log in where to go.
    pub(crate) token: Option<SecretString>,
    /// Of a log in by single sign-on.
    pub(crate) refresh_token: Option<SecretString>,
    /// What `login --save` kept.
    pub(crate) password: Option<SecretString>,
    pub(crate) certificate_authority_path: Option<PathBuf>,
    /// Certificate and key that were shown at the log in: they are shown later, too.
    pub(crate) client_certificate: Option<(PathBuf, PathBuf)>,
}

impl Session {
    /// The name of its context.
    pub(crate) fn name(&self) -> String {
        context_name(
            &self.user,
            &self.url,
            self.certificate_authority_path.as_deref(),
        )
    }

    /// Whether the token still holds.
    pub(crate) fn holds_at(&self, now: Timestamp) -> bool {
        self.claims().is_some_and(|claims| claims.holds_at(now))
    }

    /// When the token ends. `None`: there is no token, or it does not say.
    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        self.claims().map(|claims| claims.expires_at())
    }

    /// The credentials that `login --save` kept.
    pub(crate) fn saved(&self) -> Option<Credentials> {
        Some(Credentials {
            username: self.user.clone(),
            password: self.password.clone()?,
        })
    }

    fn claims(&self) -> Option<Claims> {
        Claims::read(self.token.as_ref()?.expose_secret())
    }
}

/// `login-USER-URL`, as the reference client names its contexts, and `?cacertpath=FILE` where authorities were given (mds-api 9).
pub(crate) fn context_name(user: &str, url: &ServerUrl, authority: Option<&Path>) -> String {
    let authority = authority
        .map(|path| format!("?cacertpath={}", path.display()))
        .unwrap_or_default();
    format!("login-{user}-{url}{authority}")
}
