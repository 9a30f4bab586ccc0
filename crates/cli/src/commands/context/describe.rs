//! `openmds context describe`

use super::Shown;
use crate::session::Store;
use crate::{Failure, Output, World};

/// Show one context: server, user, how the log in was made, until when it holds
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds context describe
  openmds context describe login-alice-https://mds.example.com:8090 -o json")]
pub struct Describe {
    /// Name of the context [default: the current one]
    name: Option<String>,
    #[command(flatten)]
    output: Output,
}

impl Describe {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let contexts = Store::new(world.environment.config_dir.clone())?.contexts()?;
        let session = contexts.find(self.name.as_deref())?;
        let (Some(session), Some(name)) =
            (session, self.name.as_ref().or(contexts.current.as_ref()))
        else {
            return Err(Failure::new("there is no current context")
                .hint("`openmds context list` shows all; name one of them"));
        };
        let shown = Shown::of(name, session, contexts.current.as_deref());
        match self.output.structured() {
            Some(form) => world.printer.value(form, &shown),
            None => world.printer.properties(&shown.properties()),
        }
    }
}
