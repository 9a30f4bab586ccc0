//! `openmds man`

use std::path::PathBuf;

use crate::{Failure, World};

/// Write the manual pages, one for each command
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds man --dir ~/.local/share/man/man1")]
pub struct Man {
    /// Where to write them; the directory is made if it is not there
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

impl Man {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let written = std::fs::create_dir_all(&self.dir)
            .and_then(|()| clap_mangen::generate_to(world.program.clone(), &self.dir));
        written.map_err(|error| {
            Failure::new(format!(
                "cannot write manual pages to {}: {error}",
                self.dir.display()
            ))
            .hint("Give --dir a directory that you may write to")
        })
    }
}
