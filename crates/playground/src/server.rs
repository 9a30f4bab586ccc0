//! The metadata server as a process.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::blueprint::write_private;
use crate::ground::Ground;
use crate::http::Http;
use crate::process::{POLL, Process};
use crate::server_config::{groups, groups_file, server_properties, users, users_file};

const READY_BOUND: Duration = Duration::from_secs(30);
const STOP_BOUND: Duration = Duration::from_secs(10);

/// `openmds server start`, with its configuration.
#[derive(Debug)]
pub struct Server {
    ground: Arc<Ground>,
    process: Process,
}

impl Server {
    pub(crate) fn new(ground: Arc<Ground>) -> Self {
        let pid_file = ground.layout.server().join("pid");
        Self {
            ground,
            process: Process::new("the metadata server", pid_file),
        }
    }

    /// Writes its configuration and, once, its user store.
    pub(crate) fn prepare(&self) -> Result<()> {
        let layout = &self.ground.layout;
        fs::create_dir_all(layout.server().join("store"))?;
        self.configure(&[])?;
        if !users_file(layout).exists() {
            let users = users(&self.ground.blueprint)?;
            write_private(&users_file(layout), users.as_bytes())?;
        }
        if !groups_file(layout).exists() {
            write_private(&groups_file(layout), groups().as_bytes())?;
        }
        Ok(())
    }

    /// Writes its configuration again with other values for some properties; it takes effect at the next start.
    pub fn configure(&self, overrides: &[(&str, &str)]) -> Result<()> {
        let mut properties = server_properties(&self.ground.blueprint, &self.ground.layout)?;
        for (key, value) in overrides {
            properties.replace(key, value);
        }
        write_private(&self.config_file(), properties.to_string().as_bytes())
    }

    /// Starts it and waits until it answers.
    pub fn start(&self) -> Result<()> {
        let mut command = Command::new(&self.ground.programs.openmds);
        command
            .args(["server", "start", "--config"])
            .arg(self.config_file());
        self.process.start(command, &self.log_file())?;
        self.wait_until_ready()
    }

    /// Waits until it answers `GET /security/1.0/features`.
    pub fn wait_until_ready(&self) -> Result<()> {
        let http = self.http()?;
        let deadline = Instant::now() + READY_BOUND;
        loop {
            let problem = match http.get("features") {
                Ok(answer) if answer.status.is_success() => return Ok(()),
                Ok(answer) => format!("it answers {}", answer.status),
                Err(error) => format!("{error:#}"),
            };
            if !self.process.is_running() {
                bail!("the metadata server ended while starting:\n{}", self.log());
            }
            if Instant::now() > deadline {
                bail!(
                    "the metadata server is not ready after {READY_BOUND:?}: {problem}; its log is {}",
                    self.log_file().display()
                );
            }
            thread::sleep(POLL);
        }
    }

    /// A client of its HTTP interface, not logged in.
    pub fn http(&self) -> Result<Http> {
        Http::new(&self.url())
    }

    /// Its plain HTTP address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ground.blueprint.http_port)
    }

    /// Its HTTPS address.
    pub fn tls_url(&self) -> String {
        format!("https://127.0.0.1:{}", self.ground.blueprint.https_port)
    }

    /// Shuts it down in an orderly way.
    pub fn stop(&self) -> Result<()> {
        self.process.stop(STOP_BOUND)
    }

    /// Kills it without warning.
    pub fn kill(&self) -> Result<()> {
        self.process.kill()
    }

    /// Shuts it down and starts it again.
    pub fn restart(&self) -> Result<()> {
        self.stop()?;
        self.start()
    }

    /// Whether its process is alive.
    pub fn is_running(&self) -> bool {
        self.process.is_running()
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file())
            .with_context(|| self.log_file().display().to_string())
            .unwrap_or_else(|error| format!("{error:#}"))
    }

    fn log_file(&self) -> PathBuf {
        self.ground.layout.server().join("server.log")
    }

    fn config_file(&self) -> PathBuf {
        self.ground.layout.server().join("openmds.properties")
    }
}
