//! `openmds logout`

use crate::session::{Session, Store};
use crate::{Failure, World};

/// Forget the token and the saved password of a log in
///
/// Only files of this user are changed; the server is not asked. The token itself stays valid until it expires or until
/// `openmds tokens revoke`. The context stays, so that `openmds login` finds its server again; `openmds context delete` removes it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds logout
  openmds logout --context login-alice-https://mds.example.com:8090
  openmds logout --all")]
pub struct Logout {
    /// The log in to end: a name of `openmds context list` [default: OPENMDS_CONTEXT, else the current one]
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    context: Option<String>,
    /// End all log ins and forget their contexts
    #[arg(long)]
    all: bool,
}

impl Logout {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let store = Store::new(world.environment.config_dir.clone())?;
        if self.all {
            store.forget_all()?;
        } else {
            let chosen = self.context.or_else(|| world.environment.context.clone());
            forget(&store, chosen.as_deref())?;
        }
        world.printer.data("You are now logged out.")
    }
}

fn forget(store: &Store, chosen: Option<&str>) -> Result<(), Failure> {
    let Some(name) = store.session(chosen)?.as_ref().map(Session::name) else {
        return Ok(());
    };
    store.change(|contexts| {
        if let Some(session) = contexts.sessions.get_mut(&name) {
            session.token = None;
            session.refresh_token = None;
            session.password = None;
        }
        Ok(())
    })
}
