//! `openmds context delete`

use crate::session::Store;
use crate::{Failure, World};

/// Forget a context, its token and its saved password
///
/// Only files of this user are changed; the server is not asked. If it was the current context, there is none afterwards.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds context delete login-alice-https://mds.example.com:8090")]
pub struct Delete {
    /// Name of the context
    name: String,
}

impl Delete {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let store = Store::new(world.environment.config_dir.clone())?;
        store.change(|contexts| {
            contexts.find(Some(&self.name))?;
            contexts.sessions.remove(&self.name);
            contexts.current.take_if(|current| *current == self.name);
            Ok(())
        })?;
        world
            .printer
            .notice(&format!("Deleted context \"{}\".", self.name));
        Ok(())
    }
}
