//! The server as a logged-in user sees it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use reqwest::StatusCode;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::http::{Answer, Authorization, Client, Request};
use crate::server_url::ServerUrl;
use crate::session::{Credentials, Proof, Session, Store, sign_in};

/// A server and the right to speak to it, renewed where that is possible without asking.
pub(crate) struct Server {
    client: Client,
    session: Session,
    store: Store,
    client_certificate: Option<(PathBuf, PathBuf)>,
    fallback: Fallback,
}

/// What the environment offers to log in with.
#[derive(Debug, Clone)]
struct Fallback {
    url: Option<String>,
    certificate_authority_path: Option<PathBuf>,
    credentials: Option<Credentials>,
}

impl Server {
    /// The session of the last log in; without one, or when it has expired, a new one by what the environment or `login --save` left.
    pub(crate) async fn open(
        environment: &Environment,
        client_certificate: Option<(PathBuf, PathBuf)>,
    ) -> Result<Self, Failure> {
        let store = Store::new(environment.config_dir.clone())?;
        let fallback = Fallback {
            url: environment.url.clone(),
            certificate_authority_path: environment.certificate_authority_path.clone(),
            credentials: credentials(environment),
        };
        let session = match store.session()? {
            Some(session) if session.holds_at(Timestamp::now()) => session,
            Some(expired) => renewed(&store, &fallback, &expired, client_certificate.as_ref())
                .await?
                .ok_or_else(|| {
                    Failure::new("expired token").hint(format!(
                        "Run `openmds login` to log in to {} again",
                        expired.url
                    ))
                    .hint("In scripts set OPENMDS_USERNAME and OPENMDS_PASSWORD: the session is then renewed by itself")
                })?,
            None => started(&store, &fallback, client_certificate.as_ref())
                .await?
                .ok_or_else(|| {
                    Failure::new("not logged in")
                        .hint("Run `openmds login --url URL`")
                        .hint("In scripts set OPENMDS_URL, OPENMDS_USERNAME and OPENMDS_PASSWORD")
                })?,
        };
        let client = client_of(&session, &fallback, client_certificate.as_ref())?;
        Ok(Self {
            client,
            session,
            store,
            client_certificate,
            fallback,
        })
    }

    /// The name of the user who is logged in.
    pub(crate) fn user(&self) -> &str {
        &self.session.user
    }

    /// Sends one request. A token that the server no longer takes (its key changed) is renewed once.
    pub(crate) async fn send(&mut self, request: &Request) -> Result<Answer, Failure> {
        let answer = self.send_once(request).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let certificate = self.client_certificate.as_ref();
        let renewed = renewed(&self.store, &self.fallback, &self.session, certificate).await?;
        if let Some(session) = renewed {
            self.client = client_of(&session, &self.fallback, certificate)?;
            self.session = session;
            let answer = self.send_once(request).await?;
            if answer.status != StatusCode::UNAUTHORIZED {
                return Ok(answer);
            }
        }
        Err(Failure::new(format!(
            "{} no longer accepts the session of user \"{}\"",
            self.session.url, self.session.user
        ))
        .hint("Run `openmds login` to log in again"))
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, Failure> {
        self.client
            .send(request, Authorization::Bearer(&self.session.token))
            .await
    }
}

/// User name and password of the environment, if both are there.
pub(crate) fn credentials(environment: &Environment) -> Option<Credentials> {
    Some(Credentials {
        username: environment.username.clone()?,
        password: environment.password.clone()?,
    })
}

fn client_of(
    session: &Session,
    fallback: &Fallback,
    client_certificate: Option<&(PathBuf, PathBuf)>,
) -> Result<Client, Failure> {
    Client::new(
        &session.url,
        session
            .certificate_authority_path
            .as_deref()
            .or(fallback.certificate_authority_path.as_deref()),
        client_certificate.or(session.client_certificate.as_ref()),
    )
}

/// A first session, from the environment alone.
async fn started(
    store: &Store,
    fallback: &Fallback,
    client_certificate: Option<&(PathBuf, PathBuf)>,
) -> Result<Option<Session>, Failure> {
    let (Some(url), Some(credentials)) = (&fallback.url, &fallback.credentials) else {
        return Ok(None);
    };
    let session = sign_in(
        &ServerUrl::parse(url)?,
        fallback.certificate_authority_path.as_deref(),
        client_certificate,
        &Proof::Password(credentials.clone()),
    )
    .await?;
    keep(store, &session);
    Ok(Some(session))
}

/// A session in the place of one that has ended: by the environment, else by what `login --save` kept, else by the certificate.
async fn renewed(
    store: &Store,
    fallback: &Fallback,
    ended: &Session,
    client_certificate: Option<&(PathBuf, PathBuf)>,
) -> Result<Option<Session>, Failure> {
    if fallback.credentials.is_some() && fallback.url.is_some() {
        return started(store, fallback, client_certificate).await;
    }
    let saved = store.credentials(ended.url.as_str())?;
    let proof = match fallback.credentials.clone().or(saved) {
        Some(credentials) => Proof::Password(credentials),
        None if ended.client_certificate.is_some() => Proof::Certificate,
        None => return Ok(None),
    };
    let authority: Option<&Path> = ended
        .certificate_authority_path
        .as_deref()
        .or(fallback.certificate_authority_path.as_deref());
    let certificate = client_certificate.or(ended.client_certificate.as_ref());
    let session = sign_in(&ended.url, authority, certificate, &proof).await?;
    keep(store, &session);
    Ok(Some(session))
}

/// A home that cannot be written to (a container, a build machine) only costs a log in per command.
fn keep(store: &Store, session: &Session) {
    drop(store.keep_session(session));
}
