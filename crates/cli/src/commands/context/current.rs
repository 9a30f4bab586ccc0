//! `openmds context current`

use crate::session::Store;
use crate::{Failure, World};

/// Print the name of the current context
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  openmds context current")]
pub struct Current {}

impl Current {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let contexts = Store::new(world.environment.config_dir.clone())?.contexts()?;
        match contexts.current {
            Some(name) => world.printer.data(&name),
            None => Err(Failure::new("there is no current context").hint(
                "Run `openmds login --url URL`, or choose one with `openmds context use NAME`",
            )),
        }
    }
}
