//! `openmds version`

use serde::Serialize;

use crate::{Failure, Output, World};

/// Print the version of this program
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  openmds version\n  openmds version -o json")]
pub struct Version {
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Shown {
    version: &'static str,
}

impl Version {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let version = env!("CARGO_PKG_VERSION");
        match self.output.structured() {
            Some(form) => world.printer.value(form, &Shown { version }),
            None => world.printer.data(&format!("openmds {version}")),
        }
    }
}
