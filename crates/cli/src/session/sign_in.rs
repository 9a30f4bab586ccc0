//! The log in with a password or a certificate: one `GET /security/1.0/authenticate`.

use std::path::PathBuf;

use jiff::Timestamp;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};

use super::token::Claims;
use super::{Credentials, Method, Session};
use crate::failure::Failure;
use crate::http::{Authorization, Client, Request, refusal};
use crate::server_url::ServerUrl;

/// Whom to trust at the other end, and what to show there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trust {
    pub(crate) certificate_authority_path: Option<PathBuf>,
    pub(crate) client_certificate: Option<(PathBuf, PathBuf)>,
}

impl Trust {
    pub(crate) fn client(&self, url: &ServerUrl) -> Result<Client, Failure> {
        Client::new(
            url,
            self.certificate_authority_path.as_deref(),
            self.client_certificate.as_ref(),
        )
    }

    /// The session of a token that the server at `url` gave out. `user`: the name that was typed, else the token's subject counts.
    pub(super) fn session(
        &self,
        url: &ServerUrl,
        method: Method,
        token: String,
        user: Option<&str>,
    ) -> Result<Session, Failure> {
        let claims = Claims::read(&token).ok_or_else(|| {
            Failure::new(format!("{url} answered with a token that cannot be read"))
                .hint("Check that the URL is that of a metadata server")
        })?;
        if !claims.holds_at(Timestamp::now()) {
            return Err(
                Failure::new(format!("{url} answered with a token that has expired"))
                    .hint("Compare the clocks of the server and of this machine")
                    .hint("The server must issue tokens that hold longer than 60 seconds"),
            );
        }
        Ok(Session {
            url: url.clone(),
            user: user
                .map(str::to_owned)
                .or(claims.subject)
                .unwrap_or_default(),
            method,
            token: Some(SecretString::from(token)),
            refresh_token: None,
            password: None,
            certificate_authority_path: self.certificate_authority_path.clone(),
            client_certificate: self.client_certificate.clone(),
        })
    }
}

/// How the user shows who he is.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    Password(Credentials),
    /// The client certificate of the TLS connection, and nothing else.
    Certificate,
}

/// Asks the server at `url` for a token.
pub(crate) async fn sign_in(
    url: &ServerUrl,
    trust: &Trust,
    proof: &Proof,
) -> Result<Session, Failure> {
    let authorization = match proof {
        Proof::Password(credentials) => Authorization::Basic(credentials),
        Proof::Certificate => Authorization::None,
    };
    let request = Request::get(&["authenticate"])?;
    let answer = trust.client(url)?.send(&request, authorization).await?;
    if answer.status == StatusCode::UNAUTHORIZED {
        return Err(refused(url, proof));
    }
    if !answer.status.is_success() {
        return Err(refusal::general(&answer).hint(format!(
            "Check that {url} is a metadata server and accepts this kind of log in"
        )));
    }

    #[derive(serde::Deserialize)]
    struct TokenAnswer {
        auth_token: String,
    }
    let token = answer.json::<TokenAnswer>()?.auth_token;
    match proof {
        Proof::Password(credentials) => {
            trust.session(url, Method::Password, token, Some(&credentials.username))
        }
        Proof::Certificate => trust.session(url, Method::Certificate, token, None),
    }
}

fn refused(url: &ServerUrl, proof: &Proof) -> Failure {
    match proof {
        Proof::Password(credentials) => Failure::new(format!(
            "{url} does not accept this password for user \"{}\"",
            credentials.username
        ))
        .hint("Check the user name and the password; `openmds login --prompt` asks for both")
        .hint("In scripts they come from OPENMDS_USERNAME and OPENMDS_PASSWORD"),
        Proof::Certificate => Failure::new(format!("{url} does not accept the client certificate"))
            .hint("Check --client-cert-path and --client-key-path, and that the server maps the certificate to a user")
            .hint("To log in with a password leave out --certificate-only"),
    }
}

/// A secret for the wire.
pub(super) fn exposed(secret: Option<&SecretString>) -> Option<&str> {
    secret.map(ExposeSecret::expose_secret)
}
