//! Clients that log in by the token endpoint and carry records from their input to their output.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use openmds_playground::properties::Properties;
use openmds_playground::shape::{Listener, PAYMENTS};
use openmds_playground::versions::Tool;

use crate::python::python;
use crate::sdk::clients;
use crate::world::World;

/// Whom the clients log in as.
pub(crate) const USER: &str = "alice";

/// How long one record may take from a client's input to its output: a client that has just started
/// logs in, joins a group, and logs in again where its token is about to end.
const RECORD_BOUND: Duration = Duration::from_secs(60);

/// A client that copies its input to a topic and the topic to its output.
pub(crate) struct Loop {
    name: &'static str,
    /// Where a line goes in; the others are only kept alive.
    processes: Vec<Child>,
    lines: Receiver<String>,
}

impl Loop {
    /// A record goes through.
    pub(crate) fn carries(&mut self, record: &str) -> Result<()> {
        // Both loops read the same topic: each waits for its own.
        let record = format!("{record}, by {}", self.name);
        let producer = self.processes.first_mut().context("a producer")?;
        let stdin = producer.stdin.as_mut().context("stdin is piped")?;
        writeln!(stdin, "{record}").with_context(|| format!("{} has ended", self.name))?;
        stdin.flush()?;
        let deadline = Instant::now() + RECORD_BOUND;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.strip_prefix("seen ").unwrap_or(&line) == record => return Ok(()),
                Ok(line) if line.starts_with("failed ") => bail!("{}: {line}", self.name),
                Ok(_) => {}
                Err(_) => bail!("{}: `{record}` did not come through", self.name),
            }
        }
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn token_url(world: &World) -> String {
    format!("{}/oauth2/token", world.playground.server().url())
}

/// Kafka's console clients with its stock login.
pub(crate) fn java(world: &World, topic: &str) -> Result<Loop> {
    let playground = &world.playground;
    let plan = playground.blueprint().cluster(PAYMENTS.name)?;
    let mut properties = Properties::new();
    properties
        .set("security.protocol", plan.shape()?.protocol(Listener::Token))
        .set("ssl.truststore.type", "PEM")
        .set("ssl.truststore.location", playground.layout().ca().display())
        .set("sasl.mechanism", "OAUTHBEARER")
        .set(
            "sasl.login.callback.handler.class",
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
        )
        .set("sasl.oauthbearer.token.endpoint.url", token_url(world))
        .set(
            "sasl.jaas.config",
            format!(
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId=\"{USER}\" clientSecret=\"{}\";",
                playground.blueprint().password(USER)?
            ),
        )
        // By default a token is renewed no earlier than after a minute.
        .set("sasl.login.refresh.min.period.seconds", 1)
        .set("sasl.login.refresh.buffer.seconds", 2)
        .set("group.id", topic)
        .set("auto.offset.reset", "earliest");
    let file = playground.layout().clients().join("oauth-java.properties");
    fs::write(&file, properties.to_string())?;
    let start = |tool: Tool, more: &[&str]| -> Result<Child> {
        playground
            .tool_command(tool)
            .args(["--bootstrap-server", &plan.bootstrap(Listener::Token)])
            .arg(tool.config_flag(playground.release().tools))
            .arg(&file)
            .args(["--topic", topic])
            .args(more)
            // Since Kafka 4.0 a client asks for tokens only where it is told that it may.
            .env(
                "JAVA_TOOL_OPTIONS",
                format!(
                    "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={}",
                    token_url(world)
                ),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot run {}", tool.command()))
    };
    let producer = start(Tool::ConsoleProducer, &["--sync", "--timeout", "0"])?;
    let mut consumer = start(Tool::ConsoleConsumer, &[])?;
    let lines = lines_of(&mut consumer)?;
    Ok(Loop {
        name: "the Java clients",
        processes: vec![producer, consumer],
        lines,
    })
}

/// librdkafka by way of its Python package.
pub(crate) fn librdkafka(world: &World, topic: &str) -> Result<Loop> {
    let playground = &world.playground;
    let plan = playground.blueprint().cluster(PAYMENTS.name)?;
    let settings = [
        ("bootstrap.servers", plan.bootstrap(Listener::Token)),
        (
            "security.protocol",
            plan.shape()?.protocol(Listener::Token).to_owned(),
        ),
        (
            "ssl.ca.location",
            playground.layout().ca().display().to_string(),
        ),
        ("sasl.mechanism", "OAUTHBEARER".to_owned()),
        ("sasl.oauthbearer.method", "oidc".to_owned()),
        ("sasl.oauthbearer.token.endpoint.url", token_url(world)),
        ("sasl.oauthbearer.client.id", USER.to_owned()),
        (
            "sasl.oauthbearer.client.secret",
            playground.blueprint().password(USER)?.to_owned(),
        ),
        ("topic", topic.to_owned()),
        // The Java consumer has the topic's only partition: this one is of another group.
        ("group.id", format!("{topic}-librdkafka")),
    ];
    let mut client = Command::new(python()?)
        .arg(clients("python").join("oidc_client.py"))
        .args(settings.map(|(key, value)| format!("{key}={value}")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .context("cannot run the librdkafka client")?;
    let lines = lines_of(&mut client)?;
    Ok(Loop {
        name: "the librdkafka client",
        processes: vec![client],
        lines,
    })
}

fn lines_of(process: &mut Child) -> Result<Receiver<String>> {
    let stdout = process.stdout.take().context("stdout is piped")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    Ok(lines)
}
