//! A playground as a whole: prepared, started, stopped.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Result, anyhow};

use crate::blueprint::Blueprint;
use crate::builder::Builder;
use crate::cli::{self, Ran};
use crate::cluster::Cluster;
use crate::ground::Ground;
use crate::layout::Layout;
use crate::node::Node;
use crate::parallel::in_parallel;
use crate::ports::HeldPort;
use crate::server::Server;
use crate::shape::Deciding;
use crate::versions::{Release, Tool};
use crate::{acls, enrolment, env_file, tools};

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
        Builder::new(directory.as_ref())
    }

    pub(crate) fn new(ground: Arc<Ground>, lock: Option<File>) -> Self {
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

    pub(crate) fn boot(&self, ports: Vec<HeldPort>) -> Result<()> {
        let progress = self.ground.progress;
        progress.timed("prepared configuration and data directories", || {
            self.each_node(|node| node.prepare())?;
            self.server.prepare()?;
            env_file::write(&self.ground)?;
            tools::write_wrappers(&self.ground)
        })?;
        drop(ports);
        // The clusters' nodes need the server only to join: it comes first, and may go away afterwards.
        progress.timed("the metadata server is ready", || self.server.start())?;
        if self.ground.blueprint.plugin {
            progress.timed("clusters are enrolled", || self.enrol())?;
        }
        progress.timed("all clusters are ready", || {
            let wanted = self.clusters.iter().filter(|cluster| !cluster.is_standby());
            in_parallel(wanted, |cluster| self.start_cluster(cluster))
        })?;
        progress.timed("Kafka's tools are ready", || {
            tools::make_archive(&self.ground)
        })?;
        progress.timed("access rules are in place", || {
            let running = self.clusters.iter().filter(|cluster| !cluster.is_standby());
            in_parallel(running, |cluster| {
                acls::add_all(&self.ground, cluster.name())
            })
        })
    }

    fn enrol(&self) -> Result<()> {
        for cluster in &self.clusters {
            if cluster.plan().shape()?.deciding == Deciding::Kafka {
                continue;
            }
            enrolment::enrol(&self.ground, cluster.plan())?;
            enrolment::grant(&self.ground, cluster.plan())?;
        }
        Ok(())
    }

    fn start_cluster(&self, cluster: &Cluster) -> Result<()> {
        let what = format!(
            "{}: {} node(s) ready",
            cluster.name(),
            cluster.nodes().len()
        );
        self.ground.progress.timed(what, || cluster.start())
    }

    /// Starts a cluster that was only prepared so far.
    pub fn start_standby(&self, name: &str) -> Result<()> {
        let cluster = self.cluster(name)?;
        self.start_cluster(cluster)?;
        acls::add_all(&self.ground, cluster.name())
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

    /// The variables of `env`, for programs of tests.
    pub fn variables(&self) -> Result<Vec<(String, String)>> {
        env_file::variables(&self.ground)
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

    /// One of Kafka's tools, to be given arguments and started.
    pub fn tool_command(&self, tool: Tool) -> Command {
        tools::command(&self.ground, tool)
    }

    /// A Java program in one file that uses Kafka's clients, to be given arguments and started.
    pub fn java_source(&self, file: &Path) -> Result<Command> {
        tools::source(&self.ground, file)
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

    /// Whether any of its processes is alive.
    pub fn is_running(&self) -> bool {
        let mut nodes = self.clusters.iter().flat_map(Cluster::nodes);
        self.server.is_running() || nodes.any(Node::is_running)
    }

    /// The directory that holds `openmds`.
    pub fn programs(&self) -> &Path {
        let openmds = &self.ground.programs.openmds;
        openmds.parent().unwrap_or(openmds)
    }

    /// The release of Apache Kafka that runs.
    pub fn release(&self) -> Release {
        self.ground.release
    }

    pub(crate) fn ground(&self) -> &Ground {
        &self.ground
    }

    fn each_node(&self, work: impl Fn(&Node) -> Result<()> + Sync) -> Result<()> {
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
