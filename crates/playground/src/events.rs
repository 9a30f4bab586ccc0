//! Audit events, read from the destination with the real `kafka-console-consumer`.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::playground::Playground;
use crate::shape::{ADMIN, Listener};
use crate::tools;
use crate::versions::Tool;

/// What an event must say to be the one that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// `User:name`
    pub principal: String,
    /// The client id, which no other client uses.
    pub client_id: String,
    /// `kafka.Produce`
    pub method: String,
    /// The resource's plain name.
    pub resource: String,
    /// The decision.
    pub granted: bool,
    /// The topic to which it was routed.
    pub topic: String,
}

impl Expected {
    /// Whether this event is it.
    pub fn matches(&self, event: &Value) -> bool {
        text(event, "/data/authenticationInfo/principal") == self.principal
            && text(event, "/data/request/client_id") == self.client_id
            && text(event, "/data/methodName") == self.method
            && text(event, "/data/authorizationInfo/resourceName") == self.resource
            && event.pointer("/data/authorizationInfo/granted") == Some(&Value::Bool(self.granted))
            && text(event, "/route") == self.topic
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} by {} (client id {}) on {} in {}",
            self.method,
            if self.granted { "allowed" } else { "denied" },
            self.principal,
            self.client_id,
            self.resource,
            self.topic
        )
    }
}

/// A string inside an event, by JSON pointer; empty where it is absent.
pub fn text<'a>(event: &'a Value, pointer: &str) -> &'a str {
    event
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A console consumer at work: every event of one topic, from the beginning.
#[derive(Debug)]
pub struct EventStream {
    topic: String,
    child: Child,
    lines: Receiver<String>,
    seen: Vec<Value>,
    raw: Vec<String>,
}

impl EventStream {
    /// Starts reading a topic of a cluster as its super user.
    pub fn open(playground: &Playground, cluster: &str, topic: &str) -> Result<Self> {
        let ground = playground.ground();
        let plan = ground.blueprint.cluster(cluster)?;
        let config = ground.layout.client(cluster, ADMIN);
        let mut command = tools::command(ground, Tool::ConsoleConsumer);
        command
            .args(["--bootstrap-server", &plan.bootstrap(Listener::Client)])
            .arg(tools::client_config_flag(ground, Tool::ConsoleConsumer))
            .arg(config)
            .args(["--topic", topic, "--from-beginning"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command
            .spawn()
            .context("cannot run kafka-console-consumer")?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            topic: topic.to_owned(),
            child,
            lines,
            seen: Vec::new(),
            raw: Vec::new(),
        })
    }

    /// Reads until an event satisfies the condition; what was read before counts too.
    pub fn wait_for(&mut self, bound: Duration, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        if let Some(event) = self.seen.iter().find(|event| wanted(event)) {
            return Ok(event.clone());
        }
        let deadline = Instant::now() + bound;
        while let Some(event) = self.next(deadline)? {
            if wanted(&event) {
                return Ok(event);
            }
        }
        bail!(
            "no such event in {} within {bound:?} ({} others)",
            self.topic,
            self.seen.len()
        )
    }

    /// Everything that arrives until nothing has come for this long.
    pub fn drain(&mut self, quiet: Duration) -> Result<&[Value]> {
        while self.next(Instant::now() + quiet)?.is_some() {}
        Ok(&self.seen)
    }

    /// As [`Self::drain`], byte for byte.
    pub fn drain_lines(&mut self, quiet: Duration) -> Result<&[String]> {
        self.drain(quiet)?;
        Ok(&self.raw)
    }

    /// Everything that has been read.
    pub fn seen(&self) -> &[Value] {
        &self.seen
    }

    fn next(&mut self, deadline: Instant) -> Result<Option<Value>> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(line) => {
                let event: Value = serde_json::from_str(&line).with_context(|| {
                    format!("{} holds something that is no JSON: {line}", self.topic)
                })?;
                self.seen.push(event.clone());
                self.raw.push(line);
                Ok(Some(event))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                bail!("kafka-console-consumer of {} has ended", self.topic)
            }
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
