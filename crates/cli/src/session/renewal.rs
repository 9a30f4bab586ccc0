//! A session that begins or goes on without anybody being asked (mds-api 2.1 and 2.4).

use jiff::Timestamp;

use super::{Credentials, DeviceFlow, Method, Proof, Session, Store, Trust, context_name, sign_in};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::server_url::ServerUrl;

/// What environment and flags offer to log in with.
#[derive(Debug, Clone)]
pub(crate) struct Fallback {
    url: Option<ServerUrl>,
    credentials: Option<Credentials>,
    trust: Trust,
    /// The context that the user asked for by name: it is not left for another one.
    chosen: Option<String>,
    single_sign_on: bool,
}

impl Fallback {
    pub(crate) fn new(
        environment: &Environment,
        client_certificate: Option<(std::path::PathBuf, std::path::PathBuf)>,
        chosen: Option<String>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            url: environment
                .url
                .as_deref()
                .map(ServerUrl::parse)
                .transpose()?,
            credentials: environment.credentials(),
            trust: Trust {
                certificate_authority_path: environment.authority()?,
                client_certificate,
            },
            chosen,
            single_sign_on: environment.single_sign_on,
        })
    }

    /// How requests of a session are sent: by what was given for this run, else by what the session remembers.
    pub(crate) fn trust(&self, session: &Session) -> Trust {
        Trust {
            certificate_authority_path: session
                .certificate_authority_path
                .clone()
                .or_else(|| self.trust.certificate_authority_path.clone()),
            client_certificate: self
                .trust
                .client_certificate
                .clone()
                .or_else(|| session.client_certificate.clone()),
        }
    }

    /// Whether user name and password of the environment are meant for that session.
    fn credentials_for(&self, session: &Session) -> Option<&Credentials> {
        let here = self
            .url
            .as_ref()
            .is_none_or(|url| url.as_str() == session.url.as_str());
        self.credentials.as_ref().filter(|credentials| {
            here && (self.chosen.is_none() || credentials.username == session.user)
        })
    }
}

/// A session from the environment alone: URL with user name and password, or with a client certificate.
pub(crate) async fn started(
    store: &Store,
    fallback: &Fallback,
) -> Result<Option<Session>, Failure> {
    let Some(url) = fallback.url.as_ref().filter(|_| fallback.chosen.is_none()) else {
        return Ok(None);
    };
    let proof = match &fallback.credentials {
        _ if fallback.single_sign_on => return Ok(None),
        Some(credentials) => Proof::Password(credentials.clone()),
        None if fallback.trust.client_certificate.is_some() => Proof::Certificate,
        None => return Ok(None),
    };
    let made_so = |session: &&Session| match &proof {
        Proof::Password(credentials) => {
            let authority = fallback.trust.certificate_authority_path.as_deref();
            session.name() == context_name(&credentials.username, url, authority)
        }
        Proof::Certificate => {
            session.method == Method::Certificate
                && session.url.as_str() == url.as_str()
                && session.client_certificate == fallback.trust.client_certificate
        }
    };
    let contexts = store.contexts()?;
    let earlier = contexts.sessions.values().find(made_so);
    if let Some(earlier) = earlier.filter(|earlier| earlier.holds_at(Timestamp::now())) {
        return Ok(Some(earlier.clone()));
    }
    let session = sign_in(url, &fallback.trust, &proof).await?;
    keep(store, &session);
    Ok(Some(session))
}

/// A session in the place of one that has ended: by the environment, else by what `login --save` kept, else as it was made.
/// `None`: somebody must log in.
pub(crate) async fn renewed(
    store: &Store,
    fallback: &Fallback,
    ended: &Session,
) -> Result<Option<Session>, Failure> {
    let trust = fallback.trust(ended);
    let known = fallback.credentials_for(ended).cloned();
    if known.is_none()
        && let Some(session) = started(store, fallback).await?
    {
        return Ok(Some(session));
    }
    let saved = ended.saved();
    let session = match (known.or(saved), ended.method) {
        (Some(credentials), _) => {
            let mut session = sign_in(&ended.url, &trust, &Proof::Password(credentials)).await?;
            if session.user == ended.user {
                session.password.clone_from(&ended.password);
            }
            session
        }
        (None, Method::Certificate) if ended.token.is_some() => {
            sign_in(&ended.url, &trust, &Proof::Certificate).await?
        }
        (None, Method::Sso) if ended.token.is_some() => {
            match DeviceFlow::extended(&trust, ended).await? {
                Some(session) => session,
                None => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    keep(store, &session);
    Ok(Some(session))
}

/// A home that cannot be written to (a container, a build machine) only costs a log in per command.
fn keep(store: &Store, session: &Session) {
    drop(store.keep(session, false));
}
