//! `openmds context use`

use crate::session::Store;
use crate::{Failure, World};

/// Make a context the current one
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds context use login-alice-https://mds.example.com:8090")]
pub struct Use {
    /// Name of the context
    name: String,
}

impl Use {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let store = Store::new(world.environment.config_dir.clone())?;
        store.change(|contexts| {
            contexts.find(Some(&self.name))?;
            contexts.current = Some(self.name.clone());
            Ok(())
        })?;
        world
            .printer
            .notice(&format!("Now using context \"{}\".", self.name));
        Ok(())
    }
}
