//! `openmds iam user describe`

use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::session::Store;
use crate::{Failure, Output, World};

/// Show who is logged in, with what token and until when
///
/// The server is not asked. The token is printed in full: it opens whatever its user may do.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam user describe
  openmds iam user describe --context login-alice-https://mds.example.com:8090
  openmds iam user describe -o json")]
pub struct UserDescribe {
    /// The log in to show: a name of `openmds context list` [default: OPENMDS_CONTEXT, else the current one]
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Described {
    username: String,
    server: String,
    authentication_token: String,
    /// RFC 3339, UTC.
    token_expiration: Option<String>,
}

impl UserDescribe {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let chosen = self.context.or_else(|| world.environment.context.clone());
        let session =
            Store::new(world.environment.config_dir.clone())?.session(chosen.as_deref())?;
        let logged_in = session.and_then(|session| Some((session.token.clone()?, session)));
        let Some((token, session)) = logged_in else {
            return Err(Failure::new("not logged in").hint("Run `openmds login --url URL`"));
        };
        let described = Described {
            token_expiration: session.expires_at().map(|time| time.to_string()),
            username: session.user,
            server: session.url.to_string(),
            authentication_token: token.expose_secret().to_owned(),
        };
        match self.output.structured() {
            Some(form) => world.printer.value(form, &described),
            None => world.printer.properties(&[
                ("Username", described.username),
                ("Server", described.server),
                ("Authentication Token", described.authentication_token),
                (
                    "Token Expiration",
                    described.token_expiration.unwrap_or_default(),
                ),
            ]),
        }
    }
}
