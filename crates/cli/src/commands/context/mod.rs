//! `openmds context ...`: log ins kept side by side. Nothing here asks a server.

mod current;
mod delete;
mod describe;
mod list;
mod use_context;

use jiff::Timestamp;
use serde::Serialize;

use crate::session::Session;
use crate::{Failure, World};

/// Log ins, side by side.
#[derive(Debug, clap::Subcommand)]
pub enum ContextCommand {
    Current(current::Current),
    Delete(delete::Delete),
    Describe(describe::Describe),
    List(list::List),
    Use(use_context::Use),
}

impl ContextCommand {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Current(command) => command.run(world),
            Self::Delete(command) => command.run(world),
            Self::Describe(command) => command.run(world),
            Self::List(command) => command.run(world),
            Self::Use(command) => command.run(world),
        }
    }
}

/// A context as it is shown; nothing of it is secret.
#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    current: bool,
    server: String,
    user: String,
    /// `password`, `certificate` or `sso`.
    login: &'static str,
    /// `logged in`, `expired` or `logged out`.
    state: &'static str,
    /// RFC 3339, UTC.
    expires_at: Option<String>,
    password_saved: bool,
    certificate_authority_path: Option<String>,
    client_cert_path: Option<String>,
    client_key_path: Option<String>,
}

impl Shown {
    fn of(name: &str, session: &Session, current: Option<&str>) -> Self {
        let text = |path: &std::path::Path| path.display().to_string();
        let (certificate, key) = session
            .client_certificate
            .as_ref()
            .map_or((None, None), |pair| {
                (Some(text(&pair.0)), Some(text(&pair.1)))
            });
        Self {
            name: name.to_owned(),
            current: current == Some(name),
            server: session.url.to_string(),
            user: session.user.clone(),
            login: session.method.name(),
            state: match &session.token {
                None => "logged out",
                Some(_) if session.holds_at(Timestamp::now()) => "logged in",
                Some(_) => "expired",
            },
            expires_at: session.expires_at().map(|time| time.to_string()),
            password_saved: session.password.is_some(),
            certificate_authority_path: session.certificate_authority_path.as_deref().map(text),
            client_cert_path: certificate,
            client_key_path: key,
        }
    }

    fn properties(self) -> Vec<(&'static str, String)> {
        let yes_or_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        vec![
            ("Name", self.name),
            ("Current", yes_or_no(self.current)),
            ("Server", self.server),
            ("User", self.user),
            ("Login", self.login.to_owned()),
            ("State", self.state.to_owned()),
            ("Expires", self.expires_at.unwrap_or_default()),
            ("Password Saved", yes_or_no(self.password_saved)),
            (
                "Certificate Authorities",
                self.certificate_authority_path.unwrap_or_default(),
            ),
            (
                "Client Certificate",
                self.client_cert_path.unwrap_or_default(),
            ),
            ("Client Key", self.client_key_path.unwrap_or_default()),
        ]
    }
}
