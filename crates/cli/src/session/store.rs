//! The files of the session: `session.json` after any log in, `credentials.json` after `login --save`. Both for the owner only.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Credentials, Session};
use crate::failure::Failure;

const SESSION: &str = "session.json";
const CREDENTIALS: &str = "credentials.json";
const VERSION: u32 = 1;

/// A directory with at most one session.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    directory: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct SessionFile {
    version: u32,
    url: String,
    user: String,
    token: String,
    certificate_authority_path: Option<PathBuf>,
    client_cert_path: Option<PathBuf>,
    client_key_path: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct CredentialsFile {
    version: u32,
    url: String,
    username: String,
    password: String,
}

impl Store {
    pub(crate) fn new(directory: Option<PathBuf>) -> Result<Self, Failure> {
        let directory = directory.ok_or_else(|| {
            Failure::new("there is no directory to keep the session in")
                .hint("Set OPENMDS_CONFIG_DIR to a directory of yours")
        })?;
        Ok(Self { directory })
    }

    /// The session of the last log in.
    pub(crate) fn session(&self) -> Result<Option<Session>, Failure> {
        let file: Option<SessionFile> = self.read(SESSION)?;
        file.map(|file| {
            Session::new(
                &file.url,
                file.user,
                SecretString::from(file.token),
                file.certificate_authority_path,
                file.client_cert_path.zip(file.client_key_path),
            )
        })
        .transpose()
    }

    pub(crate) fn keep_session(&self, session: &Session) -> Result<(), Failure> {
        let (client_cert_path, client_key_path) = session.client_certificate.clone().unzip();
        self.write(
            SESSION,
            &SessionFile {
                version: VERSION,
                url: session.url.to_string(),
                user: session.user.clone(),
                token: session.token.expose_secret().to_owned(),
                certificate_authority_path: session.certificate_authority_path.clone(),
                client_cert_path,
                client_key_path,
            },
        )
    }

    /// What `login --save` kept for the server at `url`.
    pub(crate) fn credentials(&self, url: &str) -> Result<Option<Credentials>, Failure> {
        let file: Option<CredentialsFile> = self.read(CREDENTIALS)?;
        Ok(file.filter(|file| file.url == url).map(|file| Credentials {
            username: file.username,
            password: SecretString::from(file.password),
        }))
    }

    pub(crate) fn keep_credentials(
        &self,
        url: &str,
        credentials: &Credentials,
    ) -> Result<(), Failure> {
        self.write(
            CREDENTIALS,
            &CredentialsFile {
                version: VERSION,
                url: url.to_owned(),
                username: credentials.username.clone(),
                password: credentials.password.expose_secret().to_owned(),
            },
        )
    }

    /// Forgets the saved credentials only.
    pub(crate) fn forget_credentials(&self) -> Result<(), Failure> {
        self.remove(CREDENTIALS)
    }

    /// Forgets everything.
    pub(crate) fn forget(&self) -> Result<(), Failure> {
        self.remove(SESSION)?;
        self.remove(CREDENTIALS)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Failure> {
        let path = self.directory.join(name);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(broken("read", &path, &error)),
        };
        // The parser's own message could quote the token.
        serde_json::from_str(&text).map(Some).map_err(|_| {
            Failure::new(format!("{} is not a file of this program", path.display()))
                .hint("Run `openmds logout`, then `openmds login`")
        })
    }

    fn write<T: Serialize>(&self, name: &str, content: &T) -> Result<(), Failure> {
        let path = self.directory.join(name);
        let write = || -> std::io::Result<()> {
            create_private(&self.directory)?;
            // A temporary file is readable by its owner only, and renaming is all or nothing.
            let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
            serde_json::to_writer_pretty(&mut file, content)?;
            file.write_all(b"\n")?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error| broken("write", &path, &error))
    }

    fn remove(&self, name: &str) -> Result<(), Failure> {
        let path = self.directory.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(broken("remove", &path, &error))
            }
            _ => Ok(()),
        }
    }
}

fn create_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

fn broken(verb: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot {verb} {}: {error}", path.display()))
        .hint("Set OPENMDS_CONFIG_DIR to a directory that you may write to")
}
