//! A playground as a whole: prepared, started, stopped.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use crate::blueprint::Blueprint;
use crate::cli::{self, Ran};
use crate::cluster::Cluster;
use crate::ground::Ground;
use crate::java::Java;
use crate::layout::Layout;
use crate::ports::HeldPort;
use crate::programs::Programs;
use crate::progress::Progress;
use crate::server::Server;
use crate::shape::{ARCHIVE, HOME, LOGS, PAYMENTS, Shape};
use crate::versions::{self, NEWEST, Release, Tool};
use crate::{acls, certificates, clients, env_file, fetch, keys, stop, tools};

/// How a playground is to be made.
#[derive(Debug)]
pub struct Builder {
    directory: PathBuf,
    kafka: Option<String>,
    cache: Option<PathBuf>,
    progress: Progress,
    plugin: bool,
    archive: bool,
}

impl Builder {
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

    /// Kafka alone: its own `StandardAuthorizer` instead of the plugin, and no metadata server.
    #[must_use]
    pub fn kafka_alone(mut self) -> Self {
        self.plugin = false;
        self
    }

    /// Adds a fourth cluster, `archive`: a second possible destination.
    #[must_use]
    pub fn with_archive(mut self) -> Self {
        self.archive = true;
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
        fs::create_dir_all(layout.root())
            .with_context(|| format!("cannot create {}", layout.root().display()))?;
        let lock = lock(&layout)?;
        refuse_running(&layout)?;
        let (blueprint, ports) = self.blueprint(&layout)?;
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

    fn blueprint(&self, layout: &Layout) -> Result<(Blueprint, Vec<HeldPort>)> {
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
            let ports = blueprint.hold_ports()?;
            return Ok((blueprint, ports));
        }
        let release: Release = match &self.kafka {
            Some(version) => versions::find(version)?,
            None => NEWEST,
        };
        let mut shapes: Vec<Shape> = vec![HOME, PAYMENTS, LOGS];
        if self.archive {
            shapes.push(ARCHIVE);
        }
        let (blueprint, ports) = Blueprint::draw(release, &shapes, self.plugin)?;
        certificates::write_all(&blueprint, layout)?;
        keys::generate(layout)?;
        clients::write_all(&blueprint, layout)?;
        // Last: a directory with a blueprint is complete.
        blueprint.save(layout)?;
        Ok((blueprint, ports))
    }
}

/// Everything that runs.
#[derive(Debug)]
pub struct Playground {
    ground: Arc<Ground>,
    clusters: Vec<Cluster>,
    server: Server,
    /// Kept while this process works on the directory.
    lock: Option<File>,
}

impl Playground {
    /// A playground in this directory.
    pub fn builder(directory: impl AsRef<Path>) -> Builder {
        Builder {
            directory: directory.as_ref().to_owned(),
            kafka: None,
            cache: None,
            progress: Progress::quiet(),
            plugin: true,
            archive: false,
        }
    }

    fn new(ground: Arc<Ground>, lock: Option<File>) -> Self {
        let clusters = ground
            .blueprint
            .clusters
            .iter()
            .map(|plan| Cluster::new(&ground, plan))
            .collect();
        let server = Server::new(Arc::clone(&ground));
        Self {
            ground,
            clusters,
            server,
            lock,
        }
    }

    fn boot(&self, ports: Vec<HeldPort>) -> Result<()> {
        let progress = self.ground.progress;
        progress.timed("prepared configuration and data directories", || {
            self.each_node(|node| node.prepare())?;
            self.server.prepare()?;
            env_file::write(&self.ground)?;
            tools::write_wrappers(&self.ground)
        })?;
        drop(ports);
        progress.timed("all clusters are ready", || {
            self.each_cluster(|cluster| {
                let nodes = cluster.nodes().len();
                progress.timed(
                    format_args!("{}: {nodes} node(s) ready", cluster.name()),
                    || cluster.start(),
                )
            })
        })?;
        if self.ground.blueprint.plugin {
            progress.timed("the metadata server is ready", || self.server.start())?;
        }
        progress.timed("access rules are in place", || self.add_acls())
    }

    fn add_acls(&self) -> Result<()> {
        let done = self.ground.layout.root().join("acls-added");
        if done.exists() {
            return Ok(());
        }
        let names: Vec<_> = self.clusters.iter().map(|c| c.name().to_owned()).collect();
        in_parallel(acls::calls(&names).into_iter(), |(cluster, args)| {
            acls::add(&self.ground, &cluster, &args)
        })?;
        fs::write(done, "")?;
        Ok(())
    }

    /// The metadata server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The cluster of this name.
    pub fn cluster(&self, name: &str) -> Result<&Cluster> {
        self.clusters
            .iter()
            .find(|cluster| cluster.name() == name)
            .ok_or_else(|| anyhow!("this playground has no cluster {name}"))
    }

    /// All clusters, in the order in which they are registered.
    pub fn clusters(&self) -> &[Cluster] {
        &self.clusters
    }

    /// Ids, ports and passwords.
    pub fn blueprint(&self) -> &Blueprint {
        &self.ground.blueprint
    }

    /// Where everything lies.
    pub fn layout(&self) -> &Layout {
        &self.ground.layout
    }

    /// Runs `openmds` as a user of the server, who is logged in by it if need be.
    pub fn cli(&self, user: &str, args: &[&str]) -> Result<Ran> {
        cli::run(&self.ground, user, args, None)
    }

    /// The same with something on standard input.
    pub fn cli_with_input(&self, user: &str, args: &[&str], input: &str) -> Result<Ran> {
        cli::run(&self.ground, user, args, Some(input))
    }

    /// Runs one of Kafka's tools and returns what it printed.
    pub fn tool(&self, tool: Tool, args: &[&str]) -> Result<String> {
        tools::run(&self.ground, tool, args)
    }

    /// Shuts everything down in an orderly way.
    pub fn stop(&self) -> Result<()> {
        self.server.stop()?;
        self.each_cluster(Cluster::stop)
    }

    /// Lets everything run on after this process.
    pub fn detach(mut self) {
        self.lock = None;
        std::mem::forget(self);
    }

    fn each_node(&self, work: impl Fn(&crate::node::Node) -> Result<()> + Sync) -> Result<()> {
        in_parallel(
            self.clusters.iter().flat_map(|cluster| cluster.nodes()),
            work,
        )
    }

    fn each_cluster(&self, work: impl Fn(&Cluster) -> Result<()> + Sync) -> Result<()> {
        in_parallel(self.clusters.iter(), work)
    }
}

impl Drop for Playground {
    fn drop(&mut self) {
        // A playground that nobody detached must leave no process behind, even after a panic.
        let _ = self.server.kill();
        for node in self.clusters.iter().flat_map(|cluster| cluster.nodes()) {
            let _ = node.kill();
        }
    }
}

fn in_parallel<T: Send>(
    items: impl Iterator<Item = T>,
    work: impl Fn(T) -> Result<()> + Sync,
) -> Result<()> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = items.map(|item| scope.spawn(move || work(item))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?)
            .collect::<Vec<Result<()>>>()
            .into_iter()
            .collect()
    })
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
