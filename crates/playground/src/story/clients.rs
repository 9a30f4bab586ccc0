//! Clients of `payments`, allowed and denied, with the real console tools.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::document::{ALLOWED_TOPIC, DEFAULT_TOPIC, DENIED_TOPIC};
use super::terminal::Terminal;
use crate::acls::STORY_TOPIC;
use crate::blueprint::write_private;
use crate::clients::security;
use crate::events::Expected;
use crate::playground::Playground;
use crate::shape::{ADMIN, ALLOWED_CLIENT, DENIED_CLIENT, PAYMENTS};
use crate::tools;
use crate::versions::Tool;

/// A user of `payments` with a client id that no earlier run has used.
#[derive(Debug)]
struct Client {
    user: &'static str,
    client_id: String,
    config: PathBuf,
}

impl Client {
    fn new(playground: &Playground, user: &'static str, run: &str) -> Result<Self> {
        let cluster = playground.blueprint().cluster(PAYMENTS.name)?;
        let client_id = format!("{user}-{run}");
        let mut properties = security(playground.blueprint(), cluster, user, playground.layout())?;
        properties
            .set("client.id", &client_id)
            // An idempotent producer without any rights is refused before it produces, and Kafka
            // asks for no audit event then.
            .set("enable.idempotence", false);
        fs::create_dir_all(playground.layout().story())?;
        let config = playground
            .layout()
            .story()
            .join(format!("{user}.properties"));
        write_private(&config, properties.to_string().as_bytes())?;
        Ok(Self {
            user,
            client_id,
            config,
        })
    }

    fn expected(&self, method: &str, resource: &str, granted: bool, route: &str) -> Expected {
        Expected {
            principal: format!("User:{}", self.user),
            client_id: self.client_id.clone(),
            method: method.to_owned(),
            resource: resource.to_owned(),
            granted,
            topic: route.to_owned(),
        }
    }
}

/// Lets both clients produce, consume and create topics; returns the events that must arrive.
pub(super) fn act(playground: &Playground, terminal: Terminal<'_>) -> Result<Vec<Expected>> {
    let run = uuid::Uuid::new_v4().simple().to_string();
    let run = run.get(..6).context("a UUID is longer than that")?;
    let allowed = Client::new(playground, ALLOWED_CLIENT, run)?;
    let denied = Client::new(playground, DENIED_CLIENT, run)?;
    let mut expected = Vec::new();
    create_story_topic(playground, terminal)?;
    produce(playground, terminal, &allowed)?;
    produce(playground, terminal, &denied)?;
    consume(playground, terminal, &allowed)?;
    consume(playground, terminal, &denied)?;
    for (client, granted, topic) in [
        (&allowed, true, ALLOWED_TOPIC),
        (&denied, false, DENIED_TOPIC),
    ] {
        for method in ["kafka.Produce", "kafka.FetchConsumer"] {
            expected.push(client.expected(method, STORY_TOPIC, granted, topic));
        }
    }
    let archive = format!("{STORY_TOPIC}-archive-{run}");
    let ran = create_topic(playground, terminal, &allowed, &archive)?;
    ensure!(
        ran.succeeded(),
        "{} may create {archive}, but could not: {}",
        allowed.user,
        ran.said()
    );
    expected.push(allowed.expected("kafka.CreateTopics", &archive, true, DEFAULT_TOPIC));
    let ran = create_topic(playground, terminal, &denied, "stolen")?;
    ensure!(
        !ran.succeeded(),
        "{} could create a topic without any right to do so",
        denied.user
    );
    expected.push(denied.expected("kafka.CreateTopics", "stolen", false, DEFAULT_TOPIC));
    Ok(expected)
}

fn create_story_topic(playground: &Playground, terminal: Terminal<'_>) -> Result<()> {
    let config = playground.layout().client(PAYMENTS.name, ADMIN);
    let ran = terminal.kafka(
        Tool::Topics,
        &[
            "--bootstrap-server",
            &playground.cluster(PAYMENTS.name)?.bootstrap(),
            "--command-config",
            &config.display().to_string(),
            "--create",
            "--if-not-exists",
            "--topic",
            STORY_TOPIC,
        ],
        None,
    )?;
    ensure!(
        ran.succeeded(),
        "cannot create {STORY_TOPIC}: {}",
        ran.said()
    );
    Ok(())
}

fn create_topic(
    playground: &Playground,
    terminal: Terminal<'_>,
    client: &Client,
    topic: &str,
) -> Result<crate::cli::Ran> {
    terminal.kafka(
        Tool::Topics,
        &[
            "--bootstrap-server",
            &playground.cluster(PAYMENTS.name)?.bootstrap(),
            "--command-config",
            &client.config.display().to_string(),
            "--create",
            "--topic",
            topic,
        ],
        None,
    )
}

fn produce(playground: &Playground, terminal: Terminal<'_>, client: &Client) -> Result<()> {
    let ran = terminal.kafka(
        Tool::ConsoleProducer,
        &[
            "--bootstrap-server",
            &playground.cluster(PAYMENTS.name)?.bootstrap(),
            tools::client_config_flag(playground.ground(), Tool::ConsoleProducer),
            &client.config.display().to_string(),
            "--topic",
            STORY_TOPIC,
        ],
        Some(&format!("an order of {}\n", client.user)),
    )?;
    let refused = ran.said().contains("TopicAuthorizationException");
    ensure!(
        refused == (client.user == DENIED_CLIENT),
        "{} produced with an unexpected result: {}",
        client.user,
        ran.said()
    );
    Ok(())
}

/// Without a group of its own (`--partition`): what is refused then is the fetch itself.
fn consume(playground: &Playground, terminal: Terminal<'_>, client: &Client) -> Result<()> {
    let ran = terminal.kafka(
        Tool::ConsoleConsumer,
        &[
            "--bootstrap-server",
            &playground.cluster(PAYMENTS.name)?.bootstrap(),
            tools::client_config_flag(playground.ground(), Tool::ConsoleConsumer),
            &client.config.display().to_string(),
            "--topic",
            STORY_TOPIC,
            "--partition",
            "0",
            "--offset",
            "earliest",
            "--max-messages",
            "1",
            "--timeout-ms",
            "10000",
        ],
        None,
    )?;
    let got = ran.stdout.contains("an order of");
    ensure!(
        got == (client.user == ALLOWED_CLIENT),
        "{} consumed with an unexpected result: {}",
        client.user,
        ran.said()
    );
    Ok(())
}
