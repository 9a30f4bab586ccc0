//! The log ins of this user, side by side, and which of them is current: `contexts.json`, for its owner only.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::private_files::PrivateFiles;
use super::{Method, Session};
use crate::failure::Failure;
use crate::server_url::ServerUrl;

const CONTEXTS: &str = "contexts.json";
const VERSION: u32 = 1;

/// What versions without contexts kept: a token, and a password. They are not read, and a log out
/// of everything removes them.
const EARLIER: [&str; 2] = ["session.json", "credentials.json"];

/// Every log in by the name of its context.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contexts {
    pub(crate) current: Option<String>,
    pub(crate) sessions: BTreeMap<String, Session>,
}

impl Contexts {
    /// The session of that name, else of the current context. Only a name that is not there is a failure.
    pub(crate) fn find(&self, name: Option<&str>) -> Result<Option<&Session>, Failure> {
        match name {
            Some(name) => self
                .sessions
                .get(name)
                .map(Some)
                .ok_or_else(|| unknown(name)),
            None => Ok(self
                .current
                .as_ref()
                .and_then(|current| self.sessions.get(current))),
        }
    }
}

pub(crate) fn unknown(name: &str) -> Failure {
    Failure::new(format!("there is no context \"{name}\""))
        .hint("`openmds context list` shows the names; `openmds login --url URL` makes a new one")
}

/// Where the contexts are kept. Every change reads, alters and writes them under a lock, so that runs side by side lose nothing.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    files: PrivateFiles,
}

#[derive(Serialize, Deserialize)]
struct ContextsFile {
    version: u32,
    current: Option<String>,
    contexts: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    url: String,
    user: String,
    login: Method,
    token: Option<String>,
    refresh_token: Option<String>,
    password: Option<String>,
    certificate_authority_path: Option<PathBuf>,
    client_cert_path: Option<PathBuf>,
    client_key_path: Option<PathBuf>,
}

impl Store {
    pub(crate) fn new(directory: Option<PathBuf>) -> Result<Self, Failure> {
        Ok(Self {
            files: PrivateFiles::new(directory)?,
        })
    }

    pub(crate) fn contexts(&self) -> Result<Contexts, Failure> {
        let Some(file) = self.files.read::<ContextsFile>(CONTEXTS)? else {
            return Ok(Contexts::default());
        };
        let sessions = file
            .contexts
            .into_iter()
            .map(|(name, entry)| Ok((name, entry.session()?)))
            .collect::<Result<_, Failure>>()?;
        Ok(Contexts {
            current: file.current,
            sessions,
        })
    }

    /// The session of that name, else of the current context.
    pub(crate) fn session(&self, name: Option<&str>) -> Result<Option<Session>, Failure> {
        Ok(self.contexts()?.find(name)?.cloned())
    }

    /// Changes the contexts and answers what `change` answers; on its failure nothing is written.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Contexts) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let _held = self.files.lock()?;
        let mut contexts = self.contexts()?;
        let changed = change(&mut contexts)?;
        let contexts_of_file = contexts
            .sessions
            .iter()
            .map(|(name, session)| (name.clone(), Entry::of(session)))
            .collect();
        self.files.write(
            CONTEXTS,
            &ContextsFile {
                version: VERSION,
                current: contexts.current,
                contexts: contexts_of_file,
            },
        )?;
        Ok(changed)
    }

    /// Keeps a session in the place of an earlier one of its context. It becomes current if it must, or if none is.
    pub(crate) fn keep(&self, session: &Session, make_current: bool) -> Result<(), Failure> {
        self.change(|contexts| {
            let name = session.name();
            if make_current || contexts.current.is_none() {
                contexts.current = Some(name.clone());
            }
            contexts.sessions.insert(name, session.clone());
            Ok(())
        })
    }

    /// Forgets everything, even what cannot be read.
    pub(crate) fn forget_all(&self) -> Result<(), Failure> {
        for earlier in EARLIER {
            self.files.remove(earlier)?;
        }
        self.files.remove(CONTEXTS)
    }

    /// Nobody is logged in: what to do, and what became of a log in that an earlier version kept.
    pub(crate) fn nobody(&self) -> Failure {
        let mut failure = Failure::new("not logged in").hint("Run `openmds login --url URL`");
        if let Some(earlier) = EARLIER.iter().find_map(|name| self.files.path_of(name)) {
            failure = failure.hint(format!(
                "{} is of an earlier version and is not read; `openmds logout --all` removes it",
                earlier.display()
            ));
        }
        failure
    }
}

impl Entry {
    fn of(session: &Session) -> Self {
        let shown = |secret: &Option<SecretString>| {
            secret
                .as_ref()
                .map(|secret| secret.expose_secret().to_owned())
        };
        let (client_cert_path, client_key_path) = session.client_certificate.clone().unzip();
        Self {
            url: session.url.to_string(),
            user: session.user.clone(),
            login: session.method,
            token: shown(&session.token),
            refresh_token: shown(&session.refresh_token),
            password: shown(&session.password),
            certificate_authority_path: session.certificate_authority_path.clone(),
            client_cert_path,
            client_key_path,
        }
    }

    fn session(self) -> Result<Session, Failure> {
        Ok(Session {
            url: ServerUrl::parse(&self.url)?,
            user: self.user,
            method: self.login,
            token: self.token.map(SecretString::from),
            refresh_token: self.refresh_token.map(SecretString::from),
            password: self.password.map(SecretString::from),
            certificate_authority_path: self.certificate_authority_path,
            client_certificate: self.client_cert_path.zip(self.client_key_path),
        })
    }
}
