//! The log in itself: one `GET /security/1.0/authenticate`.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};

use super::token::Claims;
use super::{Credentials, Session};
use crate::failure::Failure;
use crate::http::{Authorization, Client, Request, refusal};
use crate::server_url::ServerUrl;

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
    certificate_authority_path: Option<&Path>,
    client_certificate: Option<&(PathBuf, PathBuf)>,
    proof: &Proof,
) -> Result<Session, Failure> {
    let client = Client::new(url, certificate_authority_path, client_certificate)?;
    let authorization = match proof {
        Proof::Password(credentials) => Authorization::Basic(credentials),
        Proof::Certificate => Authorization::None,
    };
    let request = Request::get(&["authenticate"])?;
    let answer = client.send(&request, authorization).await?;
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
    let token = SecretString::from(answer.json::<TokenAnswer>()?.auth_token);
    let claims = Claims::read(token.expose_secret()).ok_or_else(|| {
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
    let user = match proof {
        Proof::Password(credentials) => credentials.username.clone(),
        Proof::Certificate => claims.subject.unwrap_or_default(),
    };
    Session::new(
        url.as_str(),
        user,
        token,
        certificate_authority_path.map(Path::to_owned),
        match proof {
            Proof::Password(_) => None,
            Proof::Certificate => client_certificate.cloned(),
        },
    )
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
