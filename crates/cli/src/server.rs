//! The server as a logged-in user sees it.

use jiff::Timestamp;
use reqwest::StatusCode;
use secrecy::SecretString;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::flags::Connection;
use crate::http::{Answer, Authorization, Client, Request};
use crate::progress;
use crate::session::{Fallback, Session, Store, renewed, started};

/// A server and the right to speak to it, renewed where that is possible without asking.
pub(crate) struct Server {
    client: Client,
    session: Session,
    token: SecretString,
    store: Store,
    fallback: Fallback,
    on_terminal: bool,
}

impl Server {
    /// The session of the context; without one, or when it has expired, a new one by what the environment or `login --save` left.
    /// `on_terminal`: somebody looks at standard error.
    pub(crate) async fn open(
        environment: &Environment,
        connection: Connection,
        on_terminal: bool,
    ) -> Result<Self, Failure> {
        let store = Store::new(environment.config_dir.clone())?;
        let chosen = connection.context(environment);
        let certificate = connection.certificate.files(environment)?;
        let fallback = Fallback::new(environment, certificate, chosen.clone())?;
        let session = match store.session(chosen.as_deref())? {
            Some(session) if session.holds_at(Timestamp::now()) => session,
            Some(ended) => renewed(&store, &fallback, &ended)
                .await?
                .ok_or_else(|| over(&ended))?,
            None => started(&store, &fallback).await?.ok_or_else(|| {
                store
                    .nobody()
                    .hint("In scripts set OPENMDS_URL, OPENMDS_USERNAME and OPENMDS_PASSWORD")
            })?,
        };
        let client = fallback.trust(&session).client(&session.url)?;
        let token = session.token.clone().unwrap_or_default();
        Ok(Self {
            client,
            session,
            token,
            store,
            fallback,
            on_terminal,
        })
    }

    /// The name of the user who is logged in.
    pub(crate) fn user(&self) -> &str {
        &self.session.user
    }

    /// The token of the session.
    pub(crate) fn token(&self) -> &SecretString {
        &self.token
    }

    /// Sends one request. A token that the server no longer takes (its key changed) is renewed once.
    pub(crate) async fn send(&mut self, request: &Request) -> Result<Answer, Failure> {
        let answer = self.send_once(request).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let renewed = renewed(&self.store, &self.fallback, &self.session).await?;
        if let Some(session) = renewed {
            self.client = self.fallback.trust(&session).client(&session.url)?;
            self.token = session.token.clone().unwrap_or_default();
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
        let sent = self
            .client
            .send(request, Authorization::Bearer(&self.token));
        let what = format!("Waiting for {}", self.session.url);
        progress::shown(self.on_terminal, &what, sent).await
    }
}

fn over(ended: &Session) -> Failure {
    let failure = if ended.token.is_some() {
        Failure::new("expired token")
    } else {
        Failure::new("not logged in")
    };
    failure
        .hint(format!("Run `openmds login` to log in to {} again", ended.url))
        .hint("In scripts set OPENMDS_USERNAME and OPENMDS_PASSWORD: the session is then renewed by itself")
}
