//! The destination topics and the fallback logs, read to where they end now.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::trail::Trail;
use crate::playground::Playground;
use crate::shape::{ADMIN, LOGS, PAYMENTS};
use crate::story::DEFAULT_TOPIC;
use crate::tools;
use crate::versions::Tool;

/// After so long without a line there are no more.
const QUIET: Duration = Duration::from_secs(4);

/// Lines that wait between the consumer and us.
const WAITING: usize = 10_000;

/// One consumer of all destination topics.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    playground: &'a Playground,
    child: Child,
    lines: Receiver<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn open(playground: &'a Playground) -> Result<Self> {
        let ground = playground.ground();
        let mut command = tools::command(ground, Tool::ConsoleConsumer);
        command
            .args([
                "--bootstrap-server",
                &playground.cluster(LOGS.name)?.bootstrap(),
            ])
            .arg(tools::client_config_flag(ground, Tool::ConsoleConsumer))
            .arg(ground.layout.client(LOGS.name, ADMIN))
            .args(["--include", &format!("{DEFAULT_TOPIC}.*")])
            .arg("--from-beginning")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command
            .spawn()
            .context("cannot run kafka-console-consumer")?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let (sender, lines) = mpsc::sync_channel(WAITING);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            playground,
            child,
            lines,
        })
    }

    /// Everything that has not been read yet.
    pub(super) fn read(&self, trail: &mut Trail) -> Result<()> {
        loop {
            match self.lines.recv_timeout(QUIET) {
                Ok(line) => {
                    let event = serde_json::from_str(&line)
                        .with_context(|| format!("a destination topic holds no JSON: {line}"))?;
                    trail.take(&line, &event)?;
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => bail!("kafka-console-consumer has ended"),
            }
        }
        for node in self.playground.cluster(PAYMENTS.name)?.nodes() {
            trail.take_file(&node.fallback_file())?;
        }
        Ok(())
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
