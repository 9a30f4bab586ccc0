//! One Kafka node as a process.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::blueprint::{ClusterPlan, NodePlan, write_private};
use crate::ground::Ground;
use crate::logging;
use crate::node_config::server_properties;
use crate::node_listeners::jwks_url;
use crate::process::Process;
use crate::ready;

/// How long a node may take to shut down before it is killed.
const STOP_BOUND: Duration = Duration::from_secs(15);

/// How long a node may take until it answers.
const READY_BOUND: Duration = Duration::from_secs(90);

/// A broker, a controller, or both in one.
#[derive(Debug)]
pub struct Node {
    ground: Arc<Ground>,
    cluster: ClusterPlan,
    plan: NodePlan,
    directory: PathBuf,
    process: Process,
}

impl Node {
    pub(crate) fn new(ground: Arc<Ground>, cluster: ClusterPlan, plan: NodePlan) -> Self {
        let directory = ground.layout.node(&cluster.name, plan.id);
        let process = Process::new(
            format!("{} node {}", cluster.name, plan.id),
            directory.join("pid"),
        );
        Self {
            ground,
            cluster,
            plan,
            directory,
            process,
        }
    }

    /// Its node id.
    pub fn id(&self) -> i32 {
        self.plan.id
    }

    /// Its role and ports.
    pub fn plan(&self) -> &NodePlan {
        &self.plan
    }

    /// The directory with its configuration, data and logs.
    pub fn directory(&self) -> &PathBuf {
        &self.directory
    }

    /// The file of the fallback logger: events that could not be delivered, one JSON line each.
    pub fn fallback_file(&self) -> PathBuf {
        self.directory.join("logs").join(logging::FALLBACK_FILE)
    }

    /// Writes its configuration and, where its data directory is new, formats that.
    pub(crate) fn prepare(&self) -> Result<()> {
        let logs = self.directory.join("logs");
        fs::create_dir_all(&logs)?;
        // A killed node leaves its copy of the plugin's native library here.
        let temporary = self.temporary();
        let _ = fs::remove_dir_all(&temporary);
        fs::create_dir_all(&temporary)?;
        let server = server_properties(
            &self.ground.blueprint,
            &self.cluster,
            &self.plan,
            &self.ground.layout,
        )?;
        write_private(&self.config_file(), server.to_string().as_bytes())?;
        let log4j = logging::of_node(&self.ground.blueprint.kafka, &logs);
        fs::write(self.logging_file(), log4j.to_string())?;
        if self
            .directory
            .join("data")
            .join("meta.properties")
            .is_file()
        {
            return Ok(());
        }
        self.format()
    }

    fn format(&self) -> Result<()> {
        let mut command = self.java("kafka.tools.StorageTool", "128m")?;
        command
            .args(["format", "--ignore-formatted", "-t", &self.cluster.id, "-c"])
            .arg(self.config_file());
        if self.plan.role.is_controller() {
            for user in self.cluster.shape()?.scram_users() {
                let password = self.ground.blueprint.password(user)?;
                command
                    .arg("--add-scram")
                    .arg(format!("SCRAM-SHA-256=[name={user},password={password}]"));
            }
        }
        let output = command.output().context("cannot run StorageTool")?;
        if !output.status.success() {
            bail!(
                "{} node {}: formatting failed:\n{}{}",
                self.cluster.name,
                self.plan.id,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(())
    }

    /// Starts it; does not wait until it is ready.
    pub fn start(&self) -> Result<()> {
        let mut command = self.java("kafka.Kafka", "256m")?;
        command.arg(self.config_file());
        self.process.start(command, &self.output_file())
    }

    /// Waits until it answers clients and knows these brokers.
    pub fn wait_until_ready(&self, brokers: &[i32]) -> Result<()> {
        ready::wait(
            &self.ground,
            &self.cluster,
            &self.plan,
            brokers,
            READY_BOUND,
            || self.is_running(),
        )
        .with_context(|| {
            format!(
                "{} node {} does not answer:\n{}",
                self.cluster.name,
                self.plan.id,
                self.last_words()
            )
        })
    }

    /// Shuts it down in an orderly way; kills it where that takes too long.
    pub fn stop(&self) -> Result<()> {
        self.process.stop(STOP_BOUND)
    }

    /// Asks it to shut down; does not wait.
    pub fn terminate(&self) -> Result<()> {
        self.process.terminate()
    }

    /// Kills it without warning.
    pub fn kill(&self) -> Result<()> {
        self.process.kill()
    }

    /// Stops it where it stands: its connections stay open and nothing answers.
    pub fn freeze(&self) -> Result<()> {
        self.process.freeze()
    }

    /// Lets a frozen node go on.
    pub fn thaw(&self) -> Result<()> {
        self.process.thaw()
    }

    /// Shuts it down and starts it again; does not wait until it is ready.
    pub fn restart(&self) -> Result<()> {
        self.stop()?;
        self.start()
    }

    /// Whether its process is alive.
    pub fn is_running(&self) -> bool {
        self.process.is_running()
    }

    /// The last lines that it printed or logged, for a failure message.
    pub fn last_words(&self) -> String {
        let mut text = String::new();
        for file in [
            self.output_file(),
            self.directory.join("logs").join("server.log"),
        ] {
            let content = fs::read_to_string(&file).unwrap_or_default();
            let lines: Vec<_> = content.lines().collect();
            let start = lines.len().saturating_sub(15);
            text.push_str(&format!("--- {}\n", file.display()));
            for line in lines.iter().skip(start) {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    }

    fn java(&self, class: &str, heap: &str) -> Result<Command> {
        let ground = &self.ground;
        let logs = self.directory.join("logs");
        let mut command = ground.java.command(&ground.node_class_path()?, heap);
        command
            .arg(logging::flag(&ground.blueprint.kafka, &self.logging_file()))
            .arg(format!("-Dkafka.logs.dir={}", logs.display()))
            .arg(format!("-Djava.io.tmpdir={}", self.temporary().display()))
            .arg(format!(
                "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={}",
                jwks_url(&ground.layout)
            ))
            .arg(class);
        Ok(command)
    }

    fn temporary(&self) -> PathBuf {
        self.directory.join("tmp")
    }

    fn config_file(&self) -> PathBuf {
        self.directory.join("server.properties")
    }

    fn logging_file(&self) -> PathBuf {
        self.directory
            .join(logging::file_name(&self.ground.blueprint.kafka))
    }

    fn output_file(&self) -> PathBuf {
        self.directory.join("logs").join("output.txt")
    }
}
