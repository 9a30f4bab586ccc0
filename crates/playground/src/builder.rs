//! How a playground comes into being: what to boot, and where.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::blueprint::Blueprint;
use crate::ground::Ground;
use crate::java::Java;
use crate::layout::Layout;
use crate::playground::Playground;
use crate::ports::HeldPort;
use crate::programs::Programs;
use crate::progress::Progress;
use crate::server_config::GROUP_MEMBER;
use crate::shape::{ARCHIVE, HOME, LOGS, PAYMENTS, STANDARD, Shape};
use crate::versions::{self, NEWEST, Release};
use crate::{certificates, clients, fetch, keys, stop};

/// How a playground is to be made.
#[derive(Debug)]
pub struct Builder {
    directory: PathBuf,
    kafka: Option<String>,
    cache: Option<PathBuf>,
    progress: Progress,
    plugin: bool,
    standbys: bool,
}

impl Builder {
    pub(crate) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            kafka: None,
            cache: None,
            progress: Progress::quiet(),
            plugin: true,
            standbys: false,
        }
    }

    /// The Kafka version; default the newest, or what an existing playground was made for.
    #[must_use]
    pub fn kafka(mut self, version: &str) -> Self {
        self.kafka = Some(version.to_owned());
        self
    }

    /// Shows or hides progress; default hidden.
    #[must_use]
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Kafka's own `StandardAuthorizer` instead of the plugin, for comparison.
    #[must_use]
    pub fn without_plugin(mut self) -> Self {
        self.plugin = false;
        self
    }

    /// Adds two clusters that are only prepared: `archive`, a second possible destination, and `standard`, which
    /// decides as Kafka does by itself.
    #[must_use]
    pub fn with_standbys(mut self) -> Self {
        self.standbys = true;
        self
    }

    /// Fetches, prepares and starts everything; returns when all of it answers.
    pub fn start(self) -> Result<Playground> {
        let java = Java::find()?;
        let programs = Programs::beside_us()?;
        if self.plugin {
            programs.require()?;
        }
        let layout = Layout::new(&self.directory)?;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(layout.root())
            .with_context(|| format!("cannot create {}", layout.root().display()))?;
        let lock = lock(&layout)?;
        refuse_running(&layout)?;
        let (blueprint, ports) = self.blueprint(&layout, &programs)?;
        let release = Ground::release_of(&blueprint)?;
        let cache = match self.cache {
            Some(cache) => cache,
            None => fetch::cache()?,
        };
        let jars = fetch::release(&cache, release, self.progress)?;
        let ground = Arc::new(Ground {
            layout,
            blueprint,
            release,
            java,
            jars,
            programs,
            progress: self.progress,
        });
        let playground = Playground::new(ground, Some(lock));
        playground.boot(ports)?;
        Ok(playground)
    }

    fn blueprint(
        &self,
        layout: &Layout,
        programs: &Programs,
    ) -> Result<(Blueprint, Vec<HeldPort>)> {
        if let Some(blueprint) = Blueprint::load(layout)? {
            if let Some(asked) = &self.kafka
                && *asked != blueprint.kafka
            {
                bail!(
                    "{} was made for Kafka {}, not {asked}: start over with --fresh",
                    layout.root().display(),
                    blueprint.kafka
                );
            }
            if blueprint.password(GROUP_MEMBER).is_err() {
                bail!(
                    "{} was made by an older OpenMDS: start over with --fresh",
                    layout.root().display()
                );
            }
            let ports = blueprint.hold_ports()?;
            return Ok((blueprint, ports));
        }
        let release: Release = match &self.kafka {
            Some(version) => versions::find(version)?,
            None => NEWEST,
        };
        let mut shapes: Vec<Shape> = vec![HOME, PAYMENTS, LOGS];
        if self.standbys {
            shapes.extend([ARCHIVE, STANDARD]);
        }
        let (blueprint, ports) = Blueprint::draw(release, &shapes, self.plugin)?;
        certificates::write_all(&blueprint, layout)?;
        keys::generate(programs, layout)?;
        clients::write_all(&blueprint, layout)?;
        // Last: a directory with a blueprint is complete.
        blueprint.save(layout)?;
        Ok((blueprint, ports))
    }
}

fn lock(layout: &Layout) -> Result<File> {
    let path = layout.lock();
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another process works on the playground in {}; stop it first (./quickstart --stop)",
            layout.root().display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

fn refuse_running(layout: &Layout) -> Result<()> {
    let running = stop::running(layout)?;
    if !running.is_empty() {
        bail!(
            "the playground in {} is already running ({}); stop it first (./quickstart --stop)",
            layout.root().display(),
            running.join(", ")
        );
    }
    Ok(())
}
