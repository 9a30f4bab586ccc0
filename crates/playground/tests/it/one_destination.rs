//! All clusters record in one place, each with a writer of its own.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use openmds_playground::acls::TOPIC_PREFIX;
use openmds_playground::events::{EventStream, text};
use openmds_playground::shape::{ADMIN, HOME, LOGS, PAYMENTS};
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;
use serde_json::{Value, json};

use crate::world::World;

const BOUND: Duration = Duration::from_secs(30);

/// A topic is created on each cluster, and each creation is recorded at the destination. The
/// destination records who wrote there: a different principal for home and for payments, and not
/// its own writer (`rulings.md` 21).
pub(crate) fn every_cluster_publishes_there_with_its_own_writer(world: &World) -> Result<()> {
    let logs = world.playground.cluster(LOGS.name)?.id().to_owned();
    let mut document = world.describe()?;
    document["routes"][format!("crn:///kafka={logs}/topic={TOPIC_PREFIX}*")] =
        json!({ "produce": { "allowed": DEFAULT_TOPIC } });
    world.updated(&document)?;
    world.applied()?;
    let mut stream = EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?;
    for shape in [HOME, PAYMENTS, LOGS] {
        let client_id = create_a_topic(world, shape.name)?;
        let source = format!(
            "crn:///kafka={}",
            world.playground.cluster(shape.name)?.id()
        );
        stream
            .wait_for(BOUND, |event| {
                text(event, "/data/request/client_id") == client_id
                    && text(event, "/data/methodName") == "kafka.CreateTopics"
                    && text(event, "/source") == source
            })
            .with_context(|| format!("the event of {}", shape.name))?;
    }
    for shape in [HOME, PAYMENTS] {
        stream
            .wait_for(BOUND, |event| is_write_by(event, shape.writer))
            .with_context(|| format!("the writer of {}", shape.name))?;
    }
    let own = stream
        .drain(Duration::from_millis(500))?
        .iter()
        .find(|event| is_write_by(event, LOGS.writer));
    ensure!(
        own.is_none(),
        "the destination records its own writer: {own:?}"
    );
    Ok(())
}

fn is_write_by(event: &Value, writer: &str) -> bool {
    text(event, "/data/methodName") == "kafka.Produce"
        && text(event, "/data/authenticationInfo/principal") == format!("User:{writer}")
}

/// The destination denies home's writer: home's events go to its fallback log, and again to the
/// topic when the right is back.
pub(crate) fn events_of_a_writer_without_the_right_are_in_the_fallback(
    world: &World,
) -> Result<()> {
    let principal = format!("User:{}", HOME.writer);
    let rule = [
        "--deny-principal",
        &principal,
        "--operation",
        "Write",
        "--topic",
        TOPIC_PREFIX,
        "--resource-pattern-type",
        "prefixed",
    ];
    let with = |verbs: &[&'static str]| {
        let args: Vec<&str> = verbs.iter().copied().chain(rule).collect();
        world.admin_tool(Tool::Acls, LOGS.name, &args)
    };
    with(&["--add"])?;
    let fell_back = create_a_topic(world, HOME.name)
        .and_then(|client_id| in_fallback(world, &client_id).map(|()| client_id));
    with(&["--remove", "--force"])?;
    let denied = fell_back?;
    let mut stream = EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?;
    let client_id = create_a_topic(world, HOME.name)?;
    let by = |id: &str, event: &Value| text(event, "/data/request/client_id") == id;
    stream.wait_for(BOUND, |event| by(&client_id, event))?;
    let twice = stream.seen().iter().any(|event| by(&denied, event));
    ensure!(!twice, "what the destination refused is there all the same");
    Ok(())
}

/// Creates a topic as the cluster's super user; gives back the client id, which is the topic's name.
fn create_a_topic(world: &World, cluster: &str) -> Result<String> {
    let (config, client_id) = world.client(cluster, ADMIN)?;
    world.tool_as(
        Tool::Topics,
        cluster,
        &config,
        &["--create", "--topic", &client_id],
    )?;
    Ok(client_id)
}

fn in_fallback(world: &World, client_id: &str) -> Result<()> {
    let deadline = Instant::now() + BOUND;
    loop {
        for node in world.playground.cluster(HOME.name)?.nodes() {
            let lines = fs::read_to_string(node.fallback_file())?;
            if lines.lines().any(|line| line.contains(client_id)) {
                return Ok(());
            }
        }
        ensure!(
            Instant::now() < deadline,
            "the event of {client_id} is not in home's fallback log"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
