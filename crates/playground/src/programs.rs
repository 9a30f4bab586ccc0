//! What must have been built before a playground can start.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Our own programs.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    /// The one binary: server and command line.
    pub(crate) openmds: PathBuf,
    /// The plugin with its native library inside.
    pub(crate) plugin_jar: PathBuf,
}

impl Programs {
    /// Where the running program's own build puts them.
    pub(crate) fn beside_us() -> Result<Self> {
        let this = env::current_exe().context("which program is this?")?;
        // Test programs lie one directory deeper, in `deps`.
        let directory = this
            .ancestors()
            .skip(1)
            .find(|directory| !directory.ends_with("deps"))
            .context("a program lies in a directory")?;
        Ok(Self {
            openmds: directory.join("openmds"),
            plugin_jar: repository()
                .join("crates/broker-plugin/java/target/openmds-kafka-plugin.jar"),
        })
    }

    /// Fails, with the command that helps, where one is missing.
    pub(crate) fn require(&self) -> Result<()> {
        for (file, command) in [
            (&self.openmds, "cargo build -p openmds"),
            (
                &self.plugin_jar,
                "cargo build -p openmds-broker-plugin && mvn -f crates/broker-plugin/java package -Dnative.dir=$PWD/target/debug",
            ),
        ] {
            if !file.is_file() {
                bail!(
                    "{} has not been built: run `{command}` (./quickstart does it)",
                    file.display()
                );
            }
        }
        Ok(())
    }
}

/// The source tree that this crate was built from.
pub(crate) fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}
